import { crc32, deflateSync } from 'node:zlib';
import { partsOf, tracksOf } from './tape-report.js';
import type { Tape } from './tape.js';
import { peaks } from './waveform.js';

/** Indices into the palette of the picture. */
const COLOURS = [
  [255, 255, 255],
  [255, 243, 214], // prompts
  [255, 255, 255], // talk
  [240, 224, 224], // paused
  [38, 92, 138], // sound
  [200, 200, 200], // lines between
] as const;
const [SOUND, LINE] = [4, 5];
const BACKGROUND: Readonly<Record<string, number>> = { prompts: 1, talk: 2, paused: 3 };

const WIDTH = 1200;
const TRACK = 120;

/** The picture of the terminal as PNG: one band a track, prompts and pause shaded. */
export function tapePng(tape: Tape): Buffer {
  const tracks = tracksOf(tape).map(({ samples }) => peaks(samples, WIDTH));
  const { answered, ended } = tape.moments;
  const parts = partsOf(tape.moments);
  const shade = Array.from({ length: WIDTH }, (_, x) => {
    const at = answered + (x / WIDTH) * (ended - answered);
    const name = parts.find(({ from, to }) => at >= from && at < to)?.name ?? 'talk';
    return BACKGROUND[name] ?? 0;
  });
  const rows = Array.from({ length: tracks.length * TRACK }, (_, y) => {
    const levels = tracks[Math.floor(y / TRACK)] ?? [];
    const fromMiddle = Math.abs((y % TRACK) - TRACK / 2) / (TRACK / 2 - 4);
    const row = shade.map((behind, x) => {
      if (y % TRACK === 0) return LINE;
      return fromMiddle <= Math.max(0.02, levels[x] ?? 0) ? SOUND : behind;
    });
    return Buffer.from([0, ...row]); // 0: this row is not filtered
  });
  return png(WIDTH, rows);
}

/** An indexed PNG of 8 bits (ISO 15948). */
function png(width: number, rows: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(rows.length, 4);
  header.set([8, 3], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(COLOURS.flat())),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
