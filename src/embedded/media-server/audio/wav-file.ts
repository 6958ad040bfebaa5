import { readFile, stat } from 'node:fs/promises';
import { decoded } from './g711.js';
import { frameSamples, type FrameSource } from './frame-source.js';
import { Resampler } from './resample.js';

/** A WAV file cannot be played: it is none, or of a kind that we do not read. */
export class UnreadableWav extends Error {
  override readonly name = 'UnreadableWav';
}

/** Ten minutes at 48 kHz, two channels. */
const mostOctets = 128 * 1024 * 1024;
/** Rates that a prompt may have, in Hz. */
const slowest = 4_000;
const fastest = 192_000;

const pcm = 1;
const aLaw = 6;
const muLaw = 7;
const extensible = 0xfffe;

interface Format {
  readonly encoding: number;
  readonly channels: number;
  readonly rate: number;
  readonly bits: number;
}

/**
 * Plays a WAV file from a sample (at 8 kHz) on: PCM16, A-law or µ-law, one channel or two, which
 * are mixed, of any usual rate.
 * @throws NodeJS.ErrnoException when the file cannot be read; UnreadableWav.
 */
export async function playWavFile(path: string, from = 0): Promise<FrameSource> {
  if ((await stat(path)).size > mostOctets) throw new UnreadableWav(`${path}: too large`);
  const { format, data } = readWav(await readFile(path));
  const sound = new Resampler(samplesOf(format, data), format.rate);
  let at = Math.max(0, from);
  const frame = new Int16Array(frameSamples);
  return {
    next: () => {
      const count = Math.min(frameSamples, sound.length - at);
      if (count <= 0) return undefined;
      for (let index = 0; index < count; index += 1) frame[index] = sound.sample(at + index);
      frame.fill(0, count);
      at += count;
      return frame;
    },
  };
}

function readWav(bytes: Buffer): { format: Format; data: Buffer } {
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE') {
    throw new UnreadableWav('not a WAV file');
  }
  let format: Format | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const id = bytes.toString('latin1', at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    // Of a file that was not finished, what is there is played.
    const chunk = bytes.subarray(at + 8, at + 8 + size);
    if (id === 'fmt ') format = readFormat(chunk);
    if (id === 'data' && format !== undefined) return { format, data: chunk };
    at += 8 + size + (size % 2);
  }
  throw new UnreadableWav('no format or no data');
}

function readFormat(chunk: Buffer): Format {
  if (chunk.length < 16) throw new UnreadableWav('format cut off');
  const tag = chunk.readUInt16LE(0);
  const format = {
    encoding: tag === extensible && chunk.length >= 26 ? chunk.readUInt16LE(24) : tag,
    channels: chunk.readUInt16LE(2),
    rate: chunk.readUInt32LE(4),
    bits: chunk.readUInt16LE(14),
  };
  const { encoding, channels, rate, bits } = format;
  const readable =
    encoding === pcm ? bits === 16 : (encoding === aLaw || encoding === muLaw) && bits === 8;
  if (!readable || channels < 1 || channels > 2 || rate < slowest || rate > fastest) {
    throw new UnreadableWav(`encoding ${encoding}, ${bits} bit, ${channels} channels, ${rate} Hz`);
  }
  return format;
}

function samplesOf(format: Format, data: Buffer): Int16Array {
  const { encoding, channels } = format;
  const each = linear(encoding, data);
  if (channels === 1) return each;
  const mixed = new Int16Array(Math.floor(each.length / 2));
  for (let at = 0; at < mixed.length; at += 1) {
    mixed[at] = ((each[2 * at] ?? 0) + (each[2 * at + 1] ?? 0)) / 2;
  }
  return mixed;
}

function linear(encoding: number, data: Buffer): Int16Array {
  if (encoding !== pcm) {
    const table = decoded[encoding === aLaw ? 'PCMA' : 'PCMU'];
    return Int16Array.from(data, (code) => table[code] ?? 0);
  }
  // A copy begins where 16-bit numbers may begin.
  const whole = data.subarray(0, data.length & ~1);
  return new Int16Array(whole.buffer.slice(whole.byteOffset, whole.byteOffset + whole.length));
}
