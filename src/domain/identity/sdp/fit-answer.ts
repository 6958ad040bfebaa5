import type {
  AudioStream,
  Codec,
  MediaDescription,
  RejectedStream,
  SdpReading,
} from '../media-description.js';
import { isSpeech } from './codecs.js';

type Stream = AudioStream | RejectedStream;

/**
 * Makes of the callee's answer the one that the caller's offer asks for: as many m-lines in the
 * same order, nothing accepted that was not offered (RFC 3264 §6).
 * @param offer what was read from the caller, and offered to the callee.
 * @param answer what was read from the callee.
 */
export function fitAnswer(offer: MediaDescription, answer: MediaDescription): SdpReading {
  if (offer.streams.length !== answer.streams.length) return { ok: false, why: 'not-an-answer' };
  const streams = offer.streams.map((offered, index) => fitStream(offered, answer.streams[index]));
  const talks = streams.some(({ kind }) => kind === 'audio');
  return talks ? { ok: true, media: { streams } } : { ok: false, why: 'no-audio' };
}

function fitStream(offered: Stream, answered: Stream | undefined): Stream {
  if (offered.kind === 'rejected') return offered;
  const refused: RejectedStream = {
    kind: 'rejected',
    media: 'audio',
    protocol: offered.profile,
  };
  if (answered?.kind !== 'audio' || answered.profile !== offered.profile) return refused;
  const codecs = answered.codecs.filter((codec) => offered.codecs.some(sameAs(codec)));
  if (!codecs.some(isSpeech)) return refused;
  // An answer takes one key of those offered (RFC 4568 §5.1.2).
  const crypto = answered.crypto.filter(({ tag, suite }) =>
    offered.crypto.some((key) => key.tag === tag && key.suite === suite),
  );
  if (offered.crypto.length > 0 && crypto.length !== 1) return refused;
  return { ...answered, codecs, crypto, rtcpMux: answered.rtcpMux && offered.rtcpMux };
}

/** Payload types may differ between offer and answer (RFC 3264 §6.1), encodings may not. */
function sameAs(codec: Codec): (other: Codec) => boolean {
  return ({ name, clockRate }) => name === codec.name && clockRate === codec.clockRate;
}
