import type { RejectedStream, RtpProfile } from '../media-description.js';

/** Media types and protocols of the IANA registry that may stand in an m-line we reject. */
const MEDIA = new Set(['audio', 'video', 'image', 'text', 'application', 'message']);
const PROTOCOLS = new Set([
  'RTP/AVP',
  'RTP/AVPF',
  'RTP/SAVP',
  'RTP/SAVPF',
  'UDP/TLS/RTP/SAVP',
  'UDP/TLS/RTP/SAVPF',
  'UDP',
  'TCP',
  'udptl',
  'UDPTL',
  'TCP/BFCP',
  'UDP/BFCP',
  'TCP/TLS/BFCP',
  'TCP/MSRP',
  'TCP/TLS/MSRP',
  'DTLS/SCTP',
  'UDP/DTLS/SCTP',
  'TCP/DTLS/SCTP',
]);

const CARRIED: ReadonlySet<string> = new Set<RtpProfile>([
  'RTP/AVP',
  'RTP/AVPF',
  'RTP/SAVP',
  'RTP/SAVPF',
]);

/** An m-line taken apart; undefined when its media type, protocol or form is unknown. */
export interface MediaLine {
  readonly media: string;
  readonly protocol: string;
  readonly port: number;
  readonly formats: readonly string[];
}

const MOST_FORMATS = 64;

export function readMediaLine(value: string): MediaLine | 'malformed' | 'bad-port' {
  const [media = '', portText = '', protocol = '', ...formats] = value
    .trim()
    .split(/ +/, MOST_FORMATS + 4);
  if (!MEDIA.has(media) || !PROTOCOLS.has(protocol)) return 'malformed';
  if (formats.length === 0 || formats.length > MOST_FORMATS) return 'malformed';
  // A number of ports (`/2`) means layered multicast streams (RFC 8866 §5.14).
  const port = /^(\d{1,5})(?:\/1)?$/.exec(portText)?.[1];
  if (port === undefined || Number(port) > 65_535) return 'bad-port';
  return { media, protocol, port: Number(port), formats };
}

/** Whether we carry the protocol: DTLS-SRTP needs ICE and fingerprints, which do not cross. */
export function isCarried(protocol: string): protocol is RtpProfile {
  return CARRIED.has(protocol);
}

/** The m-line of a stream that is not carried; the format means nothing beside port 0. */
export function writeRejected({ media, protocol }: RejectedStream): string {
  return `m=${media} 0 ${protocol} ${placeholderFormat(protocol)}`;
}

function placeholderFormat(protocol: string): string {
  if (protocol.includes('RTP/')) return '0';
  if (protocol.toLowerCase() === 'udptl') return 't38';
  return protocol.includes('SCTP') ? 'webrtc-datachannel' : '*';
}
