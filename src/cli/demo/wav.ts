/** Samples of each channel of a WAV file of 16 bits; 0 is left. */
export interface Sound {
  readonly rate: number;
  readonly channels: readonly Int16Array[];
}

/** Reads with no regard to how Callveil writes. @throws Error when it is no such file. */
export function readWav(bytes: Buffer): Sound {
  const text = (from: number, to: number): string => bytes.toString('latin1', from, to);
  if (text(0, 4) !== 'RIFF' || text(8, 12) !== 'WAVE') throw new Error('not a WAV file');
  let format: { readonly count: number; readonly rate: number } | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const [name, length] = [text(at, at + 4), bytes.readUInt32LE(at + 4)];
    const body = bytes.subarray(at + 8, at + 8 + length);
    if (name === 'fmt ') format = { count: body.readUInt16LE(2), rate: body.readUInt32LE(4) };
    if (name === 'data' && format !== undefined) return split(body, format);
    at += 8 + length + (length % 2);
  }
  throw new Error('a WAV file without sound');
}

function split(data: Buffer, { count, rate }: { count: number; rate: number }): Sound {
  const frames = Math.floor(data.length / 2 / count);
  const channel = (index: number): Int16Array =>
    Int16Array.from({ length: frames }, (_, at) => data.readInt16LE(2 * (at * count + index)));
  return { rate, channels: Array.from({ length: count }, (_, index) => channel(index)) };
}
