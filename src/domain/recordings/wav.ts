/** A WAV file of 16-bit linear samples: where they begin and what they are. */
export interface WavFormat {
  readonly channels: number;
  /** Frames a second; a frame is one sample of each channel. */
  readonly rate: number;
  /** Where in the file the samples begin. */
  readonly dataAt: number;
}

/** The canonical head that `wavHead` writes. */
const WAV_HEAD_LENGTH = 44;
const BYTES_PER_SAMPLE = 2;
const PCM = 1;

/**
 * Reads the beginning of a WAV file (RIFF, Microsoft and IBM 1991). The lengths in it are not looked
 * at, for a recorder that was killed leaves them at nothing.
 */
export function readWavHead(bytes: Uint8Array): WavFormat | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (word(view, 0) !== 'RIFF' || word(view, 8) !== 'WAVE') return undefined;
  let found: Omit<WavFormat, 'dataAt'> | undefined;
  for (let at = 12; at + 8 <= view.byteLength;) {
    const name = word(view, at);
    if (name === 'data') return found && { ...found, dataAt: at + 8 };
    if (name === 'fmt ') found = formatAt(view, at + 8);
    // Chunks are padded to an even length.
    const length = view.getUint32(at + 4, true);
    at += 8 + length + (length % 2);
  }
  return undefined;
}

function formatAt(view: DataView, at: number): Omit<WavFormat, 'dataAt'> | undefined {
  if (at + 16 > view.byteLength) return undefined;
  const channels = view.getUint16(at + 2, true);
  const rate = view.getUint32(at + 4, true);
  const usable =
    view.getUint16(at, true) === PCM &&
    view.getUint16(at + 14, true) === 8 * BYTES_PER_SAMPLE &&
    channels >= 1 &&
    channels <= 2 &&
    rate > 0;
  return usable ? { channels, rate } : undefined;
}

/** The head of a file with `dataBytes` of samples. */
export function wavHead({ channels, rate }: WavFormat, dataBytes: number): Uint8Array {
  const bytes = new Uint8Array(WAV_HEAD_LENGTH);
  const view = new DataView(bytes.buffer);
  const frame = frameBytes({ channels });
  put(bytes, 0, 'RIFF');
  view.setUint32(4, WAV_HEAD_LENGTH - 8 + dataBytes, true);
  put(bytes, 8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * frame, true);
  view.setUint16(32, frame, true);
  view.setUint16(34, 8 * BYTES_PER_SAMPLE, true);
  put(bytes, 36, 'data');
  view.setUint32(40, dataBytes, true);
  return bytes;
}

/** Bytes of one sample of every channel. */
export const frameBytes = ({ channels }: Pick<WavFormat, 'channels'>): number =>
  channels * BYTES_PER_SAMPLE;

/** Bytes of samples in a file of `size` bytes; half a frame at the end is none. */
export function samplesIn(format: WavFormat, size: number): number {
  const bytes = Math.max(0, size - format.dataAt);
  return bytes - (bytes % frameBytes(format));
}

function word(view: DataView, at: number): string {
  if (at + 4 > view.byteLength) return '';
  return String.fromCharCode(...Array.from({ length: 4 }, (_, i) => view.getUint8(at + i)));
}

function put(bytes: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i += 1) bytes[at + i] = text.charCodeAt(i);
}
