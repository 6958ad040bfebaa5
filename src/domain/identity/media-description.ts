import type { IpAddress } from './ip-address.js';

/**
 * What of a session description may cross from one leg to the other: an allow-list as types.
 * Every text in here comes from a list of ours or was parsed and written again.
 */
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

export type RtpProfile = 'RTP/AVP' | 'RTP/AVPF' | 'RTP/SAVP' | 'RTP/SAVPF';

export interface Codec {
  /** RTP payload type, 0 to 127. */
  readonly payload: number;
  /** Encoding name from the list in sdp/codecs.ts, such as `PCMU`. */
  readonly name: string;
  readonly clockRate: number;
  readonly channels: number | undefined;
  /** Format parameters from the list in sdp/format-parameters.ts, written again. */
  readonly fmtp: string | undefined;
}

/** An SDES key (RFC 4568): both ends need it when media flows directly between them. */
export interface Crypto {
  readonly tag: number;
  readonly suite: string;
  /** The value after `inline:`: key, optional lifetime, optional MKI. */
  readonly key: string;
}

export interface AudioStream {
  readonly kind: 'audio';
  readonly address: IpAddress;
  readonly port: number;
  readonly profile: RtpProfile;
  readonly codecs: readonly Codec[];
  readonly direction: Direction;
  /** Milliseconds of a packet, wanted and at most. */
  readonly ptime: number | undefined;
  readonly maxptime: number | undefined;
  readonly crypto: readonly Crypto[];
  readonly rtcpMux: boolean;
}

/** An m-line that is not carried: it keeps its place, with port 0 (RFC 3264 §6). */
export interface RejectedStream {
  readonly kind: 'rejected';
  /** Media type and protocol from the list in sdp/media-types.ts. */
  readonly media: string;
  readonly protocol: string;
}

/** One entry for each m-line, in the order received. */
export interface MediaDescription {
  readonly streams: readonly (AudioStream | RejectedStream)[];
}

/** Why a description cannot be used. */
export type SdpFault =
  | 'too-large'
  | 'malformed'
  /** Host name, multicast address or garbage in c=, or none at all. */
  | 'bad-address'
  | 'bad-port'
  /** No m-line that we can carry: T.38, video only, unknown codecs only. */
  | 'no-audio'
  /** The m-lines are not those of the offer (RFC 3264 §6). */
  | 'not-an-answer';

export type SdpReading =
  | { readonly ok: true; readonly media: MediaDescription }
  | { readonly ok: false; readonly why: SdpFault };
