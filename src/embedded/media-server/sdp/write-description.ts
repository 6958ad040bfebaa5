import { isIPv6 } from 'node:net';
import type { Agreement, LocalAudio } from './negotiation.js';
import type { AudioCodec } from './offered-codecs.js';
import type { Direction, MediaLine, SessionDescription } from './session-description.js';

/** What identifies a description: its session, and how often it has changed (RFC 4566 §5.2). */
export interface Origin {
  readonly session: number;
  readonly version: number;
}

/** Our own offer: one audio line with everything we may agree to. */
export function writeOffer(origin: Origin, local: LocalAudio): string {
  const audio = audioLine(local, { codecs: local.codecs, direction: 'sendrecv' });
  return describe(origin, local, audio);
}

/** Our answer: each m-line keeps its place, and all but the agreed one get port 0 (RFC 3264 §6). */
export function writeAnswer(
  origin: Origin,
  local: LocalAudio,
  offer: SessionDescription,
  { at, codecs, audio }: Agreement,
): string {
  const { direction, rtcpMux } = audio;
  const media = offer.media.map((line, index) =>
    index === at && line.port !== 0
      ? audioLine(local, { codecs, direction, rtcpMux, protocol: line.protocol })
      : refused(line),
  );
  return describe(origin, local, media.join(''));
}

function describe({ session, version }: Origin, local: LocalAudio, media: string): string {
  const address = `IN ${isIPv6(local.address) ? 'IP6' : 'IP4'} ${local.address}`;
  return (
    `v=0\r\no=- ${String(session)} ${String(version)} ${address}\r\ns=-\r\n` +
    `c=${address}\r\nt=0 0\r\n${media}`
  );
}

interface AudioLine {
  readonly codecs: readonly AudioCodec[];
  readonly direction: Direction;
  readonly rtcpMux?: boolean;
  readonly protocol?: string;
}

function audioLine(local: LocalAudio, line: AudioLine): string {
  const { codecs, direction, rtcpMux = false, protocol = 'RTP/AVP' } = line;
  const payloads = codecs.map(({ payload }) => payload).join(' ');
  const usualRtcp = rtcpMux || local.rtcpPort === local.port + 1;
  return (
    `m=audio ${String(local.port)} ${protocol} ${payloads}\r\n` +
    codecs.map(mapped).join('') +
    `a=${direction}\r\na=ptime:20\r\n` +
    (usualRtcp ? '' : `a=rtcp:${String(local.rtcpPort)}\r\n`) +
    (rtcpMux ? 'a=rtcp-mux\r\n' : '')
  );
}

function mapped({ payload, name, clockRate, channels, fmtp }: AudioCodec): string {
  const rate = `${String(clockRate)}${channels > 1 ? `/${String(channels)}` : ''}`;
  const map = `a=rtpmap:${String(payload)} ${name}/${rate}\r\n`;
  return fmtp === undefined ? map : `${map}a=fmtp:${String(payload)} ${fmtp}\r\n`;
}

const word = /^[\x21-\x7e]{1,64}$/;

function refused({ media, protocol, formats }: MediaLine): string {
  const format = formats.find((text) => word.test(text)) ?? '0';
  return `m=${media} 0 ${protocol} ${format}\r\n`;
}
