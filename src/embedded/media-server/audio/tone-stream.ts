import { tonesOf } from './dtmf-tones.js';
import { frameSamples, type FrameSource } from './frame-source.js';
import { Tone } from './tone.js';

/** Not the grammar of tone_stream. */
export class UnreadableTones extends Error {
  override readonly name = 'UnreadableTones';
}

const samplesPerMs = 8;
/** What FreeSWITCH takes when nothing is said. */
const defaults = { dbm0: -7, onMs: 250, offMs: 50 };
const mostSegments = 1_000;
const longestMs = 3_600_000;

interface Segment {
  readonly frequencies: readonly number[];
  readonly dbm0: number;
  readonly samples: number;
}

interface Reading {
  readonly segments: Segment[];
  dbm0: number;
  /** `l=`: how often each of the tones that follow sounds. */
  repeats: number;
  /** `L=` and `loops=`: how often all of it sounds; Infinity: until it is stopped. */
  loops: number;
  onMs: number;
  offMs: number;
}

/**
 * What FreeSWITCH's `tone_stream://` is followed by (TGML of libteletone), as far as it makes call
 * progress tones, beeps and digits: `%(on,off,f1,f2…)` in milliseconds and Hz, `v=` level in dBm0,
 * `l=` repeats of each tone, `L=` or `loops=` repeats of all (-1: for ever), `d=` and `w=` length
 * and pause of digits, and `0`-`9`, `*`, `#`, `A`-`D`. Example: `%(1000,4000,425);loops=-1`.
 * @throws UnreadableTones
 */
export function playTones(description: string): FrameSource {
  const reading: Reading = {
    segments: [],
    dbm0: defaults.dbm0,
    repeats: 1,
    loops: 1,
    onMs: defaults.onMs,
    offMs: defaults.offMs,
  };
  const part = /\s*(?:%\(([^)]*)\)|(loops|[a-zA-Z])=([^;%\s]*)|([0-9*#A-D])|[;:])\s*/gy;
  for (let at = 0; at < description.length; at = part.lastIndex) {
    part.lastIndex = at;
    const match = part.exec(description);
    if (match === null) throw new UnreadableTones(`at ${at}: ${description.slice(at, at + 20)}`);
    const [, tone, name, value, digit] = match;
    if (tone !== undefined) readTone(tone, reading);
    else if (name !== undefined) readSetting(name, value ?? '', reading);
    else if (digit !== undefined) readDigit(digit, reading);
  }
  if (!reading.segments.some(({ samples }) => samples > 0)) throw new UnreadableTones(description);
  return playSegments(reading.segments, reading.loops);
}

function readTone(text: string, reading: Reading): void {
  const [on, off, ...frequencies] = text.split(',').map((each) => number(each));
  add(reading, on ?? 0, off ?? 0, frequencies);
}

function readDigit(digit: string, reading: Reading): void {
  add(reading, reading.onMs, reading.offMs, tonesOf(digit) ?? []);
}

function readSetting(name: string, text: string, reading: Reading): void {
  const value = number(text);
  const count = value < 0 ? Infinity : value;
  if (name === 'v') reading.dbm0 = Math.max(-63, Math.min(0, value));
  else if (name === 'l') reading.repeats = Math.max(1, Math.min(mostSegments, value));
  else if (name === 'L' || name === 'loops') reading.loops = count;
  else if (name === 'd') reading.onMs = duration(value);
  else if (name === 'w') reading.offMs = duration(value);
  else if (!'rcft'.includes(name)) throw new UnreadableTones(`${name}=`);
}

function add(reading: Reading, on: number, off: number, frequencies: readonly number[]): void {
  if (reading.segments.length + 2 * reading.repeats > mostSegments) {
    throw new UnreadableTones('too many tones');
  }
  if (frequencies.some((hertz) => hertz < 0 || hertz >= 4_000)) throw new UnreadableTones('pitch');
  const { dbm0 } = reading;
  for (let count = 0; count < reading.repeats; count += 1) {
    reading.segments.push({ frequencies, dbm0, samples: duration(on) * samplesPerMs });
    reading.segments.push({ frequencies: [], dbm0, samples: duration(off) * samplesPerMs });
  }
}

function duration(ms: number): number {
  if (ms < 0 || ms > longestMs) throw new UnreadableTones(`${ms} ms`);
  return Math.round(ms);
}

function number(text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!Number.isFinite(value)) throw new UnreadableTones(text);
  return value;
}

function playSegments(segments: readonly Segment[], loops: number): FrameSource {
  const frame = new Int16Array(frameSamples);
  let loop = 0;
  let index = -1;
  let left = 0;
  let tone = new Tone([], 0);
  const advance = (): boolean => {
    while (left === 0) {
      index = (index + 1) % segments.length;
      if (index === 0) loop += 1;
      const segment = segments[index];
      if (segment === undefined || loop > loops) return false;
      left = segment.samples;
      tone = new Tone(segment.frequencies, segment.dbm0);
    }
    return true;
  };
  return {
    next: () => {
      let filled = 0;
      while (filled < frameSamples && advance()) {
        const count = Math.min(left, frameSamples - filled);
        tone.fill(frame, filled, filled + count);
        filled += count;
        left -= count;
      }
      frame.fill(0, filled);
      return filled === 0 ? undefined : frame;
    },
  };
}
