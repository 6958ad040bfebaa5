import { readWavHead, samplesIn } from '../../src/domain/recordings/wav.js';

/** A WAV file's samples, channel by channel, as a test looks at them. */
export interface Wav {
  readonly rate: number;
  /** Samples of each channel: 0 is left. */
  readonly channels: readonly Int16Array[];
}

/** A stretch of time in a recording, in milliseconds from its beginning. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Silence of a line may hold the noise of a codec: quieter than this, of 32767, is silence. */
const SILENT = 64;

export function readWav(bytes: Uint8Array): Wav {
  const format = readWavHead(bytes);
  if (format === undefined) throw new Error('this is no WAV file of 16-bit samples');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { channels: count, rate, dataAt } = format;
  const frames = samplesIn(format, bytes.length) / (2 * count);
  const channels = Array.from({ length: count }, () => new Int16Array(frames));
  for (let frame = 0; frame < frames; frame += 1) {
    for (const [at, channel] of channels.entries()) {
      channel[frame] = view.getInt16(dataAt + 2 * (frame * count + at), true);
    }
  }
  return { rate, channels };
}

export const lengthOf = ({ rate, channels }: Wav): number =>
  (1000 * (channels[0]?.length ?? 0)) / rate;

/** The samples of one channel between two moments. */
export function cut({ rate, channels }: Wav, channel: number, { from, to }: Stretch): Int16Array {
  const at = (ms: number): number => Math.round((ms * rate) / 1000);
  return (channels[channel] ?? new Int16Array()).subarray(at(from), at(to));
}

/**
 * How much of a sound's power is one tone (Goertzel 1958): 1 for the pure tone, next to 0 where
 * there is another, or silence.
 */
export function toneShare(samples: Int16Array, rate: number, hertz: number): number {
  const step = 2 * Math.cos((2 * Math.PI * hertz) / rate);
  let [before, last, power] = [0, 0, 0];
  for (const sample of samples) {
    [before, last] = [last, sample + step * last - before];
    power += sample * sample;
  }
  if (power === 0) return 0;
  const tone = before * before + last * last - step * before * last;
  return (2 * tone) / (samples.length * power);
}

export const isSilent = (samples: Int16Array): boolean =>
  samples.every((sample) => Math.abs(sample) < SILENT);

/** Silent stretches of a channel of at least `least` ms, within `where`. */
export function silences(wav: Wav, channel: number, where: Stretch, least: number): Stretch[] {
  const samples = cut(wav, channel, where);
  const perMs = wav.rate / 1000;
  const found: Stretch[] = [];
  let began = 0;
  for (let at = 0; at <= samples.length; at += 1) {
    if (at < samples.length && Math.abs(samples[at] ?? 0) < SILENT) continue;
    if (at - began >= least * perMs) {
      found.push({ from: where.from + began / perMs, to: where.from + at / perMs });
    }
    began = at + 1;
  }
  return found;
}

/** The longest silence of a channel within `where`, in ms: lost audio shows as this. */
export const longestGap = (wav: Wav, channel: number, where: Stretch): number =>
  Math.max(0, ...silences(wav, channel, where, 1).map(({ from, to }) => to - from));

/** A WAV file of `ms` of one tone a channel (0: silence), at 8 kHz; what a recorder would write. */
export function toneWav(ms: number, hertz: readonly number[], rate = 8000): Buffer {
  const frames = Math.round((ms * rate) / 1000);
  const data = Buffer.alloc(frames * hertz.length * 2);
  for (let frame = 0; frame < frames; frame += 1) {
    for (const [at, tone] of hertz.entries()) {
      const sample = tone === 0 ? 0 : 8000 * Math.sin((2 * Math.PI * tone * frame) / rate);
      data.writeInt16LE(Math.round(sample), 2 * (frame * hertz.length + at));
    }
  }
  const head = Buffer.alloc(44);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(hertz.length, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * hertz.length * 2, 28);
  head.writeUInt16LE(hertz.length * 2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}
