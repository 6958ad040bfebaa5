import type { AudioStream, Codec, MediaDescription } from '../media-description.js';
import { isSpeech } from './codecs.js';

/**
 * What may be agreed with the parties of a call whose media is anchored. Everything here is in an
 * order and with numbers of our own, so that neither party recognises the other's telephone by them.
 */

/** How an encoding is known: payload types are each party's own matter (RFC 3264 §6.1). */
const encodingOf = ({ name, clockRate, channels = 1, fmtp = '' }: Codec): string =>
  [name, clockRate, channels, fmtp].join('/');

const codec = (payload: number, name: string, fmtp?: string): Codec => ({
  payload,
  name,
  clockRate: 8000,
  channels: undefined,
  fmtp,
});

const PCMU = codec(0, 'PCMU');
const PCMA = codec(8, 'PCMA');
/** RFC 4733; 101 is what most telephones say themselves. */
const EVENTS = codec(101, 'telephone-event', '0-16');

/** What a media server can play, record and convert. */
const G711: readonly Codec[] = [PCMU, PCMA];

export const isG711 = ({ name }: Codec): boolean => name === 'PCMU' || name === 'PCMA';

const isEvents = ({ name, clockRate }: Codec): boolean =>
  name === 'telephone-event' && clockRate === 8000;

/** The best sound first; whatever is not in this list comes after G.711, by its name. */
const BEFORE_G711 = ['EVS', 'opus', 'AMR-WB', 'G722', 'SILK', 'iSAC', 'BV32'];

function rank(one: Codec): number {
  const place = BEFORE_G711.indexOf(one.name);
  if (place >= 0) return place;
  return isG711(one) ? BEFORE_G711.length : BEFORE_G711.length + 1;
}

const inOurOrder = (a: Codec, b: Codec): number =>
  rank(a) - rank(b) || (encodingOf(a) > encodingOf(b) ? -1 : 1);

/** The m-line that is carried: one audio stream in the clear, which is all that a server speaks. */
export function anchoredStream(media: MediaDescription): AudioStream | undefined {
  return media.streams.find(
    (stream): stream is AudioStream => stream.kind === 'audio' && !stream.profile.includes('SAVP'),
  );
}

/**
 * The speech codecs that one party may be offered so that it can talk with the other, who named
 * `others`: G.711 where both can be brought to it, and what can be passed on untouched.
 * @param others undefined: the other party has not said yet what it can do.
 * @param untouched nothing will be played to the parties or recorded of them.
 */
export function speechFor(others: readonly Codec[] | undefined, untouched: boolean): Codec[] {
  if (others === undefined) return [...G711];
  const relayed = untouched ? others.filter((one) => isSpeech(one) && !isG711(one)) : [];
  return [...relayed, ...(others.some(isG711) ? G711 : [])].sort(inOurOrder);
}

/** Payload types of our own towards one party; within a session each means one thing (RFC 3264 §8.3.2). */
export class PayloadTypes {
  readonly #payloads = new Map<string, number>();

  /** Takes over the numbers that the party uses itself. */
  learn(codecs: readonly Codec[]): void {
    for (const one of codecs) this.#payloads.set(encodingOf(one), one.payload);
  }

  /** The codecs under our numbers, and telephone events after them. */
  numbered(codecs: readonly Codec[]): Codec[] {
    return [...codecs, EVENTS].map((one) => ({ ...one, payload: this.#numberOf(one) }));
  }

  #numberOf(one: Codec): number {
    const known = isEvents(one) ? this.#events() : this.#payloads.get(encodingOf(one));
    if (known !== undefined) return known;
    const taken = new Set([...this.#payloads.values()]);
    // A static number is everybody's (RFC 3551 §6); a dynamic one is its party's own.
    const fixed = one.payload < 35 ? one.payload : undefined;
    const wanted = isEvents(one) ? EVENTS.payload : fixed;
    const free = wanted !== undefined && !taken.has(wanted) ? wanted : firstFree(taken);
    this.#payloads.set(encodingOf(one), free);
    return free;
  }

  /** A party may name other events than we do; they have one number all the same. */
  #events(): number | undefined {
    const prefix = encodingOf({ ...EVENTS, fmtp: '' });
    return [...this.#payloads].find(([encoding]) => encoding.startsWith(prefix))?.[1];
  }
}

/** 101 is kept for events. */
function firstFree(taken: ReadonlySet<number>): number {
  for (let payload = 96; payload < 128; payload += 1) {
    if (payload !== EVENTS.payload && !taken.has(payload)) return payload;
  }
  return 127;
}

/** A party's own codec, and after it the events it names: what its description comes down to. */
export const speaking = (spoken: Codec, named: readonly Codec[]): readonly Codec[] => [
  spoken,
  ...named.filter(isEvents).slice(0, 1),
];

/** The one of `codecs` that is `wanted`: to the letter if there is one, or with other parameters. */
export function inCommon(codecs: readonly Codec[], wanted: Codec): Codec | undefined {
  const same = codecs.filter(
    ({ name, clockRate, channels = 1 }) =>
      name === wanted.name && clockRate === wanted.clockRate && channels === (wanted.channels ?? 1),
  );
  return (
    same.find((one) => encodingOf(one) === encodingOf(wanted)) ??
    same.find(({ payload }) => payload === wanted.payload) ??
    same[0]
  );
}
