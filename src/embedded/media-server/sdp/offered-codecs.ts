/** An encoding that a description may name. */
export interface AudioCodec {
  /** RTP payload type; in an answer the offer's own counts (RFC 3264 §6.1). */
  readonly payload: number;
  readonly name: string;
  readonly clockRate: number;
  readonly channels: number;
  /** Format parameters as they stand behind `a=fmtp:N `. */
  readonly fmtp: string | undefined;
}

/** The header that tells which codecs an endpoint may agree to, best first. */
export const offerCodecsHeader = 'X-Offer-Codecs';

export const telephoneEvent: AudioCodec = {
  payload: 101,
  name: 'telephone-event',
  clockRate: 8000,
  channels: 1,
  fmtp: '0-16',
};

/** What can be heard, played and recorded here, and all there is unless the caller says otherwise. */
export const g711: readonly AudioCodec[] = [
  { payload: 0, name: 'PCMU', clockRate: 8000, channels: 1, fmtp: undefined },
  { payload: 8, name: 'PCMA', clockRate: 8000, channels: 1, fmtp: undefined },
  telephoneEvent,
];

/** Payload types that mean something without an rtpmap (RFC 3551 §6), for what is met. */
const statics: ReadonlyMap<string, number> = new Map([
  ['PCMU/8000/1', 0],
  ['GSM/8000/1', 3],
  ['G723/8000/1', 4],
  ['PCMA/8000/1', 8],
  ['G722/8000/1', 9],
  ['CN/8000/1', 13],
  ['G729/8000/1', 18],
]);

/** `111 opus/48000/2 useinbandfec=1`; nothing in it could end a line. */
const entry = /^(\d{1,3}) ([A-Za-z0-9-]{1,32})\/(\d{4,6})(?:\/([1-8]))?(?: ([\x20-\x7e]{1,512}))?$/;
const mostCodecs = 32;

/**
 * Reads the header: payload type, encoding and format parameters as a description has them, one
 * codec after the other with a bar between: `0 PCMU/8000|111 opus/48000/2 useinbandfec=1`. Events
 * at 8 kHz are always there. Undefined when it cannot be read.
 */
export function readOfferCodecs(value: string): AudioCodec[] | undefined {
  const codecs: AudioCodec[] = [];
  for (const part of value.split('|')) {
    const codec = readCodec(part.trim());
    const taken = codecs.some(({ payload }) => payload === codec?.payload);
    if (codec === undefined || taken || codecs.length >= mostCodecs) return undefined;
    codecs.push(codec);
  }
  return codecs.some(isTelephoneEvent) ? codecs : [...codecs, eventsBeside(codecs)];
}

function readCodec(text: string): AudioCodec | undefined {
  const [, payload, name = '', rate = '', channels = '1', fmtp] = entry.exec(text) ?? [];
  if (payload === undefined || Number(payload) > 127) return undefined;
  const clockRate = Number(rate);
  return { payload: Number(payload), name, clockRate, channels: Number(channels), fmtp };
}

/** Under the usual payload type, or the next that is free. */
function eventsBeside(codecs: readonly AudioCodec[]): AudioCodec {
  let { payload } = telephoneEvent;
  while (codecs.some((codec) => codec.payload === payload)) payload += 1;
  return { ...telephoneEvent, payload };
}

export function isTelephoneEvent(codec: AudioCodec): boolean {
  return codec.name.toLowerCase() === 'telephone-event' && codec.clockRate === 8000;
}

/** Whether it carries speech; events and comfort noise alone make no call. */
export function isSpeech({ name }: AudioCodec): boolean {
  return !['telephone-event', 'cn', 'red'].includes(name.toLowerCase());
}

/** Encoding names compare without case (RFC 4855 §3); payload types are each side's own. */
export function isSameEncoding(one: AudioCodec, other: AudioCodec): boolean {
  return (
    one.name.toLowerCase() === other.name.toLowerCase() &&
    one.clockRate === other.clockRate &&
    one.channels === other.channels
  );
}

/** The encoding of a static payload type that a description does not map. */
export function staticCodec(payload: number): AudioCodec | undefined {
  for (const [encoding, fixed] of statics) {
    if (fixed !== payload) continue;
    const [name = '', rate = '', channels = ''] = encoding.split('/');
    return {
      payload,
      name,
      clockRate: Number(rate),
      channels: Number(channels),
      fmtp: undefined,
    };
  }
  return undefined;
}
