import { firstHeader } from '../../sip-server/message/headers.js';
import { partyOf } from '../../sip-server/message/name-addr.js';
import type { NegotiatedAudio } from '../rtp/negotiated-audio.js';
import type { RtpStats } from '../rtp/rtp-stats.js';
import type { AudioSession } from '../sdp/audio-session.js';
import type { CallDialog } from '../sip/call-dialog.js';
import type { Invitation } from '../sip/vetting.js';
import type { Recorded } from './recordings.js';

type Variables = Record<string, string>;

/** What the INVITE and the dialplan of drachtio's FreeSWITCH image set on every channel. */
export function callVariables(dialog: CallDialog, invitation: Invitation): Variables {
  const { invite, callId, source } = dialog;
  return {
    direction: 'inbound',
    sip_user_agent: invitation.userAgent,
    'sip_h_X-esl-outbound': invitation.controllerText,
    sip_call_id: callId,
    sip_req_uri: invite.uri.replace(/^sips?:/, ''),
    sip_from_uri: (partyOf(invite, 'From')?.uri ?? '').replace(/^sips?:/, ''),
    sip_to_uri: (partyOf(invite, 'To')?.uri ?? '').replace(/^sips?:/, ''),
    sip_cseq: (firstHeader(invite, 'CSeq') ?? '').split(' ', 1)[0] ?? '',
    sip_received_ip: source.address,
    sip_received_port: String(source.port),
    sip_via_protocol: source.protocol,
    socket_host: invitation.controller.host,
    send_silence_when_idle: '-1',
    hangup_after_bridge: 'false',
    park_after_bridge: 'true',
    playback_terminators: 'none',
  };
}

/** Our own description, which is there before any answer to it. */
export function localVariables({ local, localSdp }: AudioSession): Variables {
  return {
    rtp_local_sdp_str: localSdp,
    local_media_ip: local.address,
    local_media_port: String(local.port),
  };
}

/** What the last exchange of descriptions came to. */
export function mediaVariables(session: AudioSession, audio: NegotiatedAudio): Variables {
  const { remote, codec } = audio;
  return {
    ...localVariables(session),
    switch_r_sdp: session.remoteSdp,
    rtp_use_codec_name: codec.name,
    rtp_use_codec_rate: String(codec.clockRate),
    rtp_use_codec_ptime: String(audio.ptime),
    rtp_use_pt: String(codec.payload),
    read_codec: codec.name,
    write_codec: codec.name,
    read_rate: String(codec.clockRate),
    write_rate: String(codec.clockRate),
    dtmf_type: audio.telephoneEvent === undefined ? 'none' : 'rfc2833',
    remote_media_ip: remote?.address ?? '',
    remote_media_port: remote === undefined ? '' : String(remote.port),
  };
}

/** FreeSWITCH's names for what RTP and RTCP tell of a line (`uuid_set_media_stats`). */
export function statsVariables(stats: RtpStats): Variables {
  const { packetsReceived, packetsLost, packetsSent, octetsReceived, octetsSent } = stats;
  const lost = Math.max(0, packetsLost);
  const expected = packetsReceived + lost;
  const jitter = stats.jitterMs.toFixed(2);
  return {
    rtp_audio_in_media_bytes: String(octetsReceived),
    rtp_audio_in_raw_bytes: String(octetsReceived + packetsReceived * rtpHeaderBytes),
    rtp_audio_in_packet_count: String(packetsReceived),
    rtp_audio_in_media_packet_count: String(packetsReceived),
    rtp_audio_in_skip_packet_count: String(lost),
    rtp_audio_in_flaw_total: String(lost),
    rtp_audio_in_jitter_min_variance: jitter,
    rtp_audio_in_jitter_max_variance: jitter,
    rtp_audio_in_jitter_loss_rate: (expected === 0 ? 0 : lost / expected).toFixed(2),
    rtp_audio_out_media_bytes: String(octetsSent),
    rtp_audio_out_raw_bytes: String(octetsSent + packetsSent * rtpHeaderBytes),
    rtp_audio_out_packet_count: String(packetsSent),
    rtp_audio_out_media_packet_count: String(packetsSent),
    ...reportVariables(stats),
  };
}

const rtpHeaderBytes = 12;

function reportVariables({ roundTripMs, reportedByParty }: RtpStats): Variables {
  return {
    ...(roundTripMs === undefined ? {} : { rtp_audio_rtcp_round_trip_ms: roundTripMs.toFixed(2) }),
    ...(reportedByParty === undefined
      ? {}
      : {
          rtp_audio_rtcp_packets_lost: String(reportedByParty.packetsLost),
          rtp_audio_rtcp_jitter_ms: reportedByParty.jitterMs.toFixed(2),
        }),
  };
}

/** What is known of a recording once its file is complete. */
export function recordedVariables({ samples, bytes }: Recorded): Variables {
  const ms = Math.floor(samples / 8);
  return {
    record_file_size: String(bytes),
    record_samples: String(samples),
    record_seconds: String(Math.floor(ms / 1000)),
    record_ms: String(ms),
    record_completion_cause: 'success-maxtime',
  };
}
