import { isIP, isIPv6 } from 'node:net';
import type { NegotiatedAudio } from '../rtp/negotiated-audio.js';
import { isSameEncoding, isSpeech, isTelephoneEvent, type AudioCodec } from './offered-codecs.js';
import type { Direction, MediaLine, SessionDescription } from './session-description.js';

/** Our side of an agreement: where we hear, and what we may agree to, best first. */
export interface LocalAudio {
  readonly address: string;
  readonly port: number;
  readonly rtcpPort: number;
  readonly codecs: readonly AudioCodec[];
}

/** Which m-line carries the audio, and what came out of it. */
export interface Agreement {
  /** Index of the m-line. */
  readonly at: number;
  /** What our description names: the speech codec, and events if both have them. */
  readonly codecs: readonly AudioCodec[];
  readonly audio: NegotiatedAudio;
}

const usualPtime = 20;
/** Multiples of 10 ms that every G.711 endpoint can make. */
const ptimes = new Set([10, 20, 30, 40, 50, 60]);

/**
 * Answers an offer (RFC 3264 §6): the first audio line over plain RTP that shares a speech codec,
 * by our order of preference and under the offer's payload types. Undefined when there is none.
 */
export function agreeOn(offer: SessionDescription, local: LocalAudio): Agreement | undefined {
  for (const [at, line] of offer.media.entries()) {
    const codecs = isCarried(line, local) ? sharedCodecs(line.codecs, local.codecs) : [];
    if (codecs.length > 0) return { at, codecs, audio: audioOf(line, codecs, local) };
  }
  return undefined;
}

/** What the answer to our offer came to; the answerer's first codec that we offered counts. */
export function settleOn(answer: SessionDescription, local: LocalAudio): Agreement | undefined {
  const line = answer.media[0];
  if (line === undefined || !isCarried(line, local)) return undefined;
  const known = line.codecs.filter((codec) => local.codecs.some((ours) => isSame(ours, codec)));
  const speech = known.find(isSpeech);
  if (speech === undefined) return undefined;
  const codecs = [speech, ...known.filter(isTelephoneEvent).slice(0, 1)];
  return { at: 0, codecs, audio: audioOf(line, codecs, local) };
}

/** Secured profiles need keys that we do not keep; another family cannot be reached. */
function isCarried(line: MediaLine, local: LocalAudio): boolean {
  const plain = line.protocol === 'RTP/AVP' || line.protocol === 'RTP/AVPF';
  const reachable = line.address === undefined || isIP(line.address) === isIP(local.address);
  return line.media === 'audio' && plain && reachable;
}

function isSame(one: AudioCodec, other: AudioCodec): boolean {
  return isTelephoneEvent(one) ? isTelephoneEvent(other) : isSameEncoding(one, other);
}

function sharedCodecs(theirs: readonly AudioCodec[], ours: readonly AudioCodec[]): AudioCodec[] {
  const both = ours.flatMap((mine) => theirs.find((codec) => isSame(codec, mine)) ?? []);
  const speech = both.find(isSpeech);
  if (speech === undefined) return [];
  return [speech, ...both.filter(isTelephoneEvent).slice(0, 1)];
}

function audioOf(
  line: MediaLine,
  codecs: readonly AudioCodec[],
  local: LocalAudio,
): NegotiatedAudio {
  const [speech] = codecs;
  const { payload = 0, name = 'PCMU', clockRate = 8000, channels = 1 } = speech ?? {};
  const remote = remoteOf(line, local);
  // RFC 3264 §8.4: 0.0.0.0 is how hold was once said.
  const theirs = remote === undefined && line.port !== 0 ? oldHold(line.direction) : line.direction;
  return {
    remote,
    codec: { payload, name: name.toUpperCase(), clockRate, channels },
    telephoneEvent: codecs.find(isTelephoneEvent)?.payload,
    ptime: ptimeOf(line),
    direction: line.port === 0 ? 'inactive' : mirrored(theirs),
    rtcpMux: line.rtcpMux,
  };
}

/**
 * Where the party hears; undefined on hold, or when it names our own socket: an application that
 * has no description of the party yet may acknowledge our offer with that same offer.
 */
function remoteOf(line: MediaLine, local: LocalAudio): NegotiatedAudio['remote'] {
  const { address, port, rtcpMux, rtcpPort } = line;
  if (address === undefined || port === 0 || isUnspecified(address)) return undefined;
  if (address === local.address && port === local.port) return undefined;
  return { address, port, rtcpPort: rtcpMux ? port : (rtcpPort ?? port + 1) };
}

function isUnspecified(address: string): boolean {
  return isIPv6(address) ? /^[0:]+$/.test(address) : address === '0.0.0.0';
}

function oldHold(direction: Direction): Direction {
  return direction === 'inactive' || direction === 'recvonly' ? 'inactive' : 'sendonly';
}

/** RFC 3264 §6.1: what the other side sends we receive. */
const mirror: Readonly<Record<Direction, Direction>> = {
  sendrecv: 'sendrecv',
  sendonly: 'recvonly',
  recvonly: 'sendonly',
  inactive: 'inactive',
};

function mirrored(direction: Direction): Direction {
  return mirror[direction];
}

function ptimeOf({ ptime = usualPtime, maxptime = Infinity }: MediaLine): number {
  const wanted = Math.min(ptime, maxptime);
  return ptimes.has(wanted) ? wanted : usualPtime;
}
