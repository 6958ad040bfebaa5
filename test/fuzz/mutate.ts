import type { Dice } from './dice.js';
import { digits } from './words.js';

type Mutation = (dice: Dice, bytes: Buffer, other: Buffer) => Buffer;

const cut = (dice: Dice, bytes: Buffer): number => dice.throw(bytes.length + 1);

function lines(bytes: Buffer): string[] {
  return bytes.toString('latin1').split('\r\n');
}

function withLines(
  dice: Dice,
  bytes: Buffer,
  change: (lines: string[], at: number) => void,
): Buffer {
  const all = lines(bytes);
  change(all, dice.throw(all.length));
  return Buffer.from(all.join('\r\n'), 'latin1');
}

/** What the network and the malicious do to messages. */
const mutations: readonly Mutation[] = [
  function flipBits(dice, bytes) {
    const flipped = Buffer.from(bytes);
    for (let left = 1 + dice.throw(8); left > 0 && flipped.length > 0; left -= 1) {
      flipped[dice.throw(flipped.length)]! ^= 1 << dice.throw(8);
    }
    return flipped;
  },
  function truncate(dice, bytes) {
    return bytes.subarray(0, cut(dice, bytes));
  },
  function splice(dice, bytes, other) {
    return Buffer.concat([bytes.subarray(0, cut(dice, bytes)), other.subarray(cut(dice, other))]);
  },
  function insertNoise(dice, bytes) {
    const at = cut(dice, bytes);
    const noise = dice.bytes(1 + dice.throw(16));
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
  },
  function removeBytes(dice, bytes) {
    const at = cut(dice, bytes);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + dice.throw(40))]);
  },
  function repeatLine(dice, bytes) {
    return withLines(dice, bytes, (all, at) => all.splice(dice.throw(all.length), 0, all[at]!));
  },
  function removeLine(dice, bytes) {
    return withLines(dice, bytes, (all, at) => all.splice(at, 1));
  },
  function swapLines(dice, bytes) {
    return withLines(dice, bytes, (all, at) => {
      const to = dice.throw(all.length);
      [all[at], all[to]] = [all[to]!, all[at]!];
    });
  },
  function stretch(dice, bytes) {
    const at = cut(dice, bytes);
    const run = bytes.subarray(at, at + 1 + dice.throw(4));
    const times = dice.pick([2, 20, 500, 3_000]);
    return Buffer.concat([
      bytes.subarray(0, at),
      ...Array<Buffer>(times).fill(run),
      bytes.subarray(at),
    ]);
  },
  function lieAboutLength(dice, bytes) {
    const text = bytes.toString('latin1');
    return Buffer.from(text.replace(/(Content-Length: *)\d+/i, `$1${digits(dice)}`), 'latin1');
  },
  function bareLineEnds(dice, bytes) {
    return Buffer.from(
      bytes.toString('latin1').replaceAll('\r\n', dice.pick(['\n', '\r'])),
      'latin1',
    );
  },
];

/** The message after one to three accidents; `other` lends parts. */
export function mutate(dice: Dice, bytes: Buffer, other: Buffer): Buffer {
  let mutant = bytes;
  for (let left = 1 + dice.throw(3); left > 0; left -= 1) {
    mutant = dice.pick(mutations)(dice, mutant, other);
  }
  // More than a datagram holds is not what is tried here.
  return mutant.subarray(0, 60_000);
}
