import { describe, expect, it } from 'vitest';
import { JitterBuffer } from '../../../../src/embedded/media-server/rtp/jitter-buffer.js';
import { Dice } from '../../../fuzz/dice.js';
import { seed } from '../../../support/property-seed.js';

const level = (packet: number): Int16Array => new Int16Array(160).fill(packet + 1);

/** Plays a frame each 20 ms; `lateMs` of each packet says how late it comes. */
function played(packets: number, lateMs: (packet: number) => number, first = 7_000): number[] {
  const buffer = new JitterBuffer();
  const coming = Array.from({ length: packets }, (_, packet) => ({
    packet,
    atMs: packet * 20 + lateMs(packet),
  })).sort((one, other) => one.atMs - other.atMs);
  const heard: number[] = [];
  for (let nowMs = 10; nowMs < packets * 20 + 400; nowMs += 20) {
    while ((coming[0]?.atMs ?? Infinity) <= nowMs) {
      const { packet } = coming.shift()!;
      buffer.put(level(packet), 160, (first + packet * 160) >>> 0);
    }
    heard.push(buffer.next()[80]!);
  }
  return heard.slice(heard.findIndex((each) => each !== 0));
}

const upTo = (packets: number): number[] => Array.from({ length: packets }, (_, at) => at + 1);

describe('the jitter buffer', () => {
  it('plays all, in order, 40 ms later', () => {
    expect(played(50, () => 0).slice(0, 50)).toEqual(upTo(50));
  });

  it('shows neither jitter of 40 ms nor disorder, across the end of the timestamps', () => {
    const dice = new Dice(seed);
    const late = (packet: number): number => (packet === 0 ? 0 : dice.throw(40));
    expect(played(200, late, 2 ** 32 - 8_000).slice(0, 200)).toEqual(upTo(200));
  });

  it('deepens when packets come too late, and then loses none', () => {
    const heard = played(200, (packet) => (packet > 20 && packet % 2 === 1 ? 95 : 0));
    const settled = heard.slice(heard.indexOf(60), heard.indexOf(190));
    expect(settled).toEqual(upTo(200).slice(59, 189));
  });

  it('is silent where a packet is lost, and for no longer', () => {
    const heard = played(50, (packet) => (packet === 20 ? 1e9 : 0));
    expect(heard.slice(0, 50)).toEqual(upTo(50).map((each) => (each === 21 ? 0 : each)));
  });

  it('begins anew after a pause, and where timestamps leap', () => {
    const buffer = new JitterBuffer();
    for (const timestamp of [0, 3_000_000_000, 77]) {
      buffer.put(level(4), 160, timestamp);
      expect([0, 1, 2, 3].map(() => buffer.next()[0])).toEqual([0, 0, 5, 0]);
    }
    for (let beat = 0; beat < 20; beat += 1) buffer.next();
    buffer.put(level(8), 160, 500);
    expect([0, 1, 2].map(() => buffer.next()[0])).toEqual([0, 0, 9]);
  });

  it('does not grow older when the other clock is fast', () => {
    const buffer = new JitterBuffer();
    let packet = 0;
    let lag = 0;
    for (let beat = 0; beat < 5_000; beat += 1) {
      // One packet in a hundred more than is played.
      for (let more = beat % 100 === 0 ? 2 : 1; more > 0; more -= 1) {
        buffer.put(level(packet % 10_000), 160, packet * 160);
        packet += 1;
      }
      const heard = buffer.next()[80]!;
      if (heard > 0) lag = packet % 10_000 === 0 ? lag : ((packet - heard) % 10_000) + 0;
      if (beat > 10) expect(lag).toBeLessThanOrEqual(6);
    }
  });
});
