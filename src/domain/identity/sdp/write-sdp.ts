import { parseIpAddress, type IpAddress } from '../ip-address.js';
import type { AudioStream, Codec, MediaDescription } from '../media-description.js';
import { writeRejected } from './media-types.js';

/** Who speaks in o=: ours, one per leg. */
export interface SdpOrigin {
  /** 1 to 19 decimal digits, random per leg; few digits keep it from looking like a number. */
  readonly sessionId: string;
  /** Grows by one with each different description sent on the leg (RFC 3264 §8). */
  readonly version: number;
  /** Our own IP address towards this peer. */
  readonly address: string;
}

/**
 * Writes a description from nothing but `media` and `origin`: no name, no title, no contact, no
 * time, no attribute that is not in the model. Lines end in CRLF.
 * @throws RangeError when `origin` is not as described; that is our own fault, never a peer's.
 */
export function writeSdp(media: MediaDescription, origin: SdpOrigin): string {
  const own = parseIpAddress(origin.address);
  if (own === undefined || !/^\d{1,19}$/.test(origin.sessionId) || !isVersion(origin.version)) {
    throw new RangeError('an SDP origin has a decimal session id, a version and an IP address');
  }
  const first = media.streams.find((stream) => stream.kind === 'audio');
  const session = first?.address ?? own;
  const lines = [
    'v=0',
    `o=- ${origin.sessionId} ${String(origin.version)} IN ${own.family} ${own.text}`,
    's=-',
    connection(session),
    't=0 0',
    ...media.streams.flatMap((stream) =>
      stream.kind === 'audio' ? writeAudio(stream, session) : [writeRejected(stream)],
    ),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

function isVersion(version: number): boolean {
  return Number.isSafeInteger(version) && version >= 0;
}

function connection({ family, text }: IpAddress): string {
  return `c=IN ${family} ${text}`;
}

function writeAudio(stream: AudioStream, session: IpAddress): string[] {
  const payloads = stream.codecs.map(({ payload }) => payload).join(' ');
  return [
    `m=audio ${String(stream.port)} ${stream.profile} ${payloads}`,
    ...(stream.address.text === session.text ? [] : [connection(stream.address)]),
    ...stream.codecs.flatMap(writeCodec),
    ...(stream.ptime === undefined ? [] : [`a=ptime:${String(stream.ptime)}`]),
    ...(stream.maxptime === undefined ? [] : [`a=maxptime:${String(stream.maxptime)}`]),
    ...stream.crypto.map(({ tag, suite, key }) => `a=crypto:${String(tag)} ${suite} inline:${key}`),
    ...(stream.rtcpMux ? ['a=rtcp-mux'] : []),
    `a=${stream.direction}`,
  ];
}

function writeCodec({ payload, name, clockRate, channels, fmtp }: Codec): string[] {
  const encoding = [name, clockRate, channels].filter((part) => part !== undefined).join('/');
  return [
    `a=rtpmap:${String(payload)} ${encoding}`,
    ...(fmtp === undefined ? [] : [`a=fmtp:${String(payload)} ${fmtp}`]),
  ];
}
