import type { Codec } from '../media-description.js';
import { writeParameters } from './format-parameters.js';
import type { MediaAttributes } from './attributes.js';

/**
 * Encodings that may cross. A name outside this list is free text by another name, so its payload
 * type is left out. From the IANA registry of RTP payload formats: what telephony meets.
 */
const ENCODINGS: readonly string[] = [
  'PCMU',
  'PCMA',
  'G722',
  'G7221',
  'G723',
  'G728',
  'G729',
  'G729D',
  'G729E',
  'G726-16',
  'G726-24',
  'G726-32',
  'G726-40',
  'AAL2-G726-16',
  'AAL2-G726-24',
  'AAL2-G726-32',
  'AAL2-G726-40',
  'GSM',
  'GSM-EFR',
  'GSM-HR-08',
  'iLBC',
  'opus',
  'AMR',
  'AMR-WB',
  'EVS',
  'EVRC',
  'EVRCB',
  'SPEEX',
  'SILK',
  'iSAC',
  'BV16',
  'BV32',
  'DVI4',
  'LPC',
  'L8',
  'L16',
  'CLEARMODE',
  'CN',
  'telephone-event',
];

const BY_LOWER_CASE = new Map(ENCODINGS.map((name) => [name.toLowerCase(), name]));

/** Payload types that need no rtpmap (RFC 3551 §6). */
const STATIC: ReadonlyMap<number, readonly [name: string, clockRate: number]> = new Map([
  [0, ['PCMU', 8000]],
  [3, ['GSM', 8000]],
  [4, ['G723', 8000]],
  [5, ['DVI4', 8000]],
  [6, ['DVI4', 16000]],
  [7, ['LPC', 8000]],
  [8, ['PCMA', 8000]],
  [9, ['G722', 8000]],
  [13, ['CN', 8000]],
  [15, ['G728', 8000]],
  [18, ['G729', 8000]],
]);

const CLOCK_RATES = new Set([8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000]);

/** The codecs of an m-line that may cross, in its order of preference. */
export function readCodecs(formats: readonly string[], attributes: MediaAttributes): Codec[] {
  const codecs: Codec[] = [];
  const seen = new Set<number>();
  for (const format of formats) {
    const payload = /^\d{1,3}$/.test(format) ? Number(format) : 128;
    if (payload > 127 || seen.has(payload)) continue;
    seen.add(payload);
    const codec = readCodec(payload, attributes);
    if (codec !== undefined) codecs.push(codec);
  }
  return codecs;
}

function readCodec(payload: number, attributes: MediaAttributes): Codec | undefined {
  const map = attributes.rtpmap.get(payload);
  const fallback = STATIC.get(payload);
  const encoding =
    map === undefined
      ? fallback && { name: fallback[0], clockRate: fallback[1], channels: undefined }
      : readRtpmap(map);
  if (encoding === undefined) return undefined;
  const fmtp = writeParameters(encoding.name, attributes.fmtp.get(payload));
  return { payload, ...encoding, fmtp };
}

function readRtpmap(text: string): Omit<Codec, 'payload' | 'fmtp'> | undefined {
  const [given = '', rate = '', channels, ...more] = text.split('/', 4);
  const name = BY_LOWER_CASE.get(given.toLowerCase());
  if (name === undefined || more.length > 0) return undefined;
  if (!/^\d{4,5}$/.test(rate) || !CLOCK_RATES.has(Number(rate))) return undefined;
  if (channels !== undefined && !/^[1-8]$/.test(channels)) return undefined;
  return {
    name,
    clockRate: Number(rate),
    channels: channels === undefined ? undefined : Number(channels),
  };
}

/** Whether a codec carries speech; DTMF events and comfort noise alone make no call. */
export function isSpeech(codec: Codec): boolean {
  return codec.name !== 'telephone-event' && codec.name !== 'CN';
}
