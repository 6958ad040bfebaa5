import { describe, expect, it } from 'vitest';
import {
  cut,
  isSilent,
  lengthOf,
  longestGap,
  readWav,
  silences,
  toneShare,
  toneWav,
} from './wav.js';

const second = { from: 0, to: 1000 };

describe('the eyes of tests for recordings', () => {
  it('tell which tone is on which channel', () => {
    const wav = readWav(toneWav(1000, [440, 1000]));
    expect(lengthOf(wav)).toBe(1000);
    expect(toneShare(cut(wav, 0, second), wav.rate, 440)).toBeGreaterThan(0.99);
    expect(toneShare(cut(wav, 0, second), wav.rate, 1000)).toBeLessThan(0.01);
    expect(toneShare(cut(wav, 1, second), wav.rate, 1000)).toBeGreaterThan(0.99);
  });

  it('see channels that were swapped, mixed or left out', () => {
    const swapped = readWav(toneWav(1000, [1000, 440]));
    expect(toneShare(cut(swapped, 0, second), 8000, 440)).toBeLessThan(0.01);
    const mixed = readWav(toneWav(1000, [440, 440]));
    expect(toneShare(cut(mixed, 1, second), 8000, 1000)).toBeLessThan(0.01);
    expect(isSilent(cut(readWav(toneWav(1000, [440, 0])), 1, second))).toBe(true);
  });

  it('find a silence of 300 ms where it is, and a gap of 25 ms', () => {
    const file = toneWav(1000, [440, 1000]);
    const frame = (ms: number): number => 44 + ms * 8 * 4;
    file.fill(0, frame(200), frame(500));
    file.fill(0, frame(700), frame(725));
    const wav = readWav(file);
    const [masked, gap] = silences(wav, 0, second, 20);
    expect(masked!.from).toBeCloseTo(200, -1);
    expect(masked!.to).toBeCloseTo(500, -1);
    expect(gap!.to - gap!.from).toBeGreaterThan(24);
    expect(longestGap(wav, 1, { from: 600, to: 1000 })).toBeGreaterThan(24);
    expect(longestGap(wav, 1, { from: 0, to: 200 })).toBeLessThan(2);
  });
});
