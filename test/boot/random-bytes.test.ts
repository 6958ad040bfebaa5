import { expect, it } from 'vitest';
import { randomBytesDrawer } from '../../src/boot/random-bytes.js';

/** Fills with bytes that count on, so that a byte given twice is seen. */
function counting(): { fill: (into: Buffer) => void; draws: () => number } {
  let draws = 0;
  let next = 0;
  return {
    fill: (into) => {
      draws += 1;
      for (let at = 0; at + 4 <= into.length; at += 4) into.writeUInt32BE((next += 1), at);
    },
    draws: () => draws,
  };
}

it('gives no byte twice, however the pieces fall', () => {
  const source = counting();
  const draw = randomBytesDrawer(source.fill);
  const seen = new Set<string>();
  for (let piece = 0; piece < 3000; piece += 1) seen.add(draw(16).toString('hex'));
  expect(seen.size).toBe(3000);
  expect(source.draws()).toBe(Math.ceil((3000 * 16) / 4096));
});

it('gives what was drawn, and not what was drawn before', () => {
  const draw = randomBytesDrawer(counting().fill);
  expect(draw(8).toString('hex')).toBe('0000000100000002');
  expect(draw(4092).readUInt32BE(0)).toBe(1025); // Did not fit: drawn anew.
  const kept = draw(4);
  draw(4096);
  expect(kept.readUInt32BE(0)).toBe(2048);
});

it('refuses more than it can draw', () => {
  expect(() => randomBytesDrawer()(4097)).toThrow(RangeError);
});

it('differs from drawer to drawer', () => {
  expect(randomBytesDrawer()(16)).not.toEqual(randomBytesDrawer()(16));
});
