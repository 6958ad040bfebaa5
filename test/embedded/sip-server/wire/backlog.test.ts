import { describe, expect, it } from 'vitest';
import { Backlog } from '../../../../src/embedded/sip-server/wire/backlog.js';

const frame = 'x'.repeat(1_000);

/** An application whose frames all have 1000 characters. */
function application() {
  const taken = new Int32Array(new SharedArrayBuffer(4));
  const backlog = new Backlog(taken);
  return {
    backlog,
    leave: (atMs: number, frames = 1) => {
      for (let i = 0; i < frames; i += 1) backlog.say(frame);
      backlog.left(frames, atMs);
    },
    take: (frames = 1) => Atomics.add(taken, 0, frames * frame.length),
  };
}

describe('the backlog of an application', () => {
  it('is what has left less what was taken', () => {
    const { backlog, leave, take } = application();
    for (const at of [10, 20, 30, 40]) leave(at);
    expect([backlog.frames, backlog.unread]).toEqual([4, 4_000]);
    take(3);
    expect([backlog.frames, backlog.unread]).toEqual([1, 1_000]);
    take();
    expect([backlog.frames, backlog.unread, backlog.delayMs(5_000)]).toEqual([0, 0, 0]);
  });

  it('of one that stands still is as late as its oldest frame', () => {
    const { backlog, leave } = application();
    leave(1_000);
    leave(1_040);
    expect([backlog.delayMs(1_050), backlog.delayMs(3_000)]).toEqual([50, 2_000]);
  });

  it('grows later while the application does not read, and less so as it catches up', () => {
    const { backlog, leave, take } = application();
    const late = [];
    for (let now = 0; now < 200; now += 10) leave(now);
    for (const now of [200, 250, 300]) late.push(backlog.delayMs(now));
    for (const now of [350, 400, 450, 500]) {
      take(5);
      late.push(backlog.delayMs(now));
    }
    expect(late).toEqual([200, 250, 300, 150, 100, 50, 0]);
  });

  it('is as old as the part of a batch that is left', () => {
    const { backlog, leave, take } = application();
    leave(1_000, 10);
    leave(1_100);
    take(9);
    expect([backlog.delayMs(2_000), backlog.frames]).toEqual([1_000, 11]);
    take();
    expect([backlog.delayMs(3_000), backlog.frames]).toEqual([1_900, 1]);
  });

  it('of one that works is late by what waits at its pace', () => {
    const { backlog, leave, take } = application();
    for (let at = 0; at < 100; at += 1) leave(at, 3);
    backlog.delayMs(50);
    take(150);
    // 150 frames in 50 ms, and 150 more wait.
    expect(backlog.delayMs(100)).toBeCloseTo(50, 5);
  });

  it('takes a rest for no slowness', () => {
    const { backlog, leave, take } = application();
    leave(0);
    take();
    leave(10_000);
    expect(backlog.delayMs(10_001)).toBe(1);
  });

  it('of one that had little to do is not late by a batch that has only just left', () => {
    const { backlog, leave, take } = application();
    const late = [];
    for (let now = 60_000; now < 60_500; now += 50) {
      leave(now - 1);
      backlog.delayMs(now);
      take();
    }
    for (let now = 60_500; now < 61_000; now += 50) {
      leave(now - 2, 40);
      late.push(backlog.delayMs(now));
      take(40);
    }
    expect(Math.max(...late)).toBeLessThanOrEqual(10);
  });

  it('goes on where the counts of characters begin anew', () => {
    const { backlog, leave, take } = application();
    const rounds = Math.ceil((2 ** 32 + 2 ** 31) / (1_000 * frame.length));
    const seen = new Set<string>();
    const look = (atMs: number) => seen.add(`${backlog.unread} for ${backlog.delayMs(atMs)} ms`);
    for (let round = 1; round <= rounds; round += 1) {
      const now = round * 10_000;
      leave(now, 1_000);
      look(now + 1_000);
      take(999);
      look(now + 2_000);
      take();
      look(now + 3_000);
    }
    expect([...seen]).toEqual(['1000000 for 1000 ms', '1000 for 2000 ms', '0 for 0 ms']);
  });

  it('is bounded, and none of it forgotten, whatever the application does', () => {
    const { backlog, leave, take } = application();
    for (let at = 0; at < 200_000; at += 10) leave(at);
    expect([backlog.frames, backlog.delayMs(200_000)]).toEqual([20_000, 200_000]);
    take(19_999);
    // What left after the last entry counts as old as that.
    expect(backlog.delayMs(201_000)).toBe(201_000 - 19_990);
    take();
    expect([backlog.frames, backlog.delayMs(202_000)]).toEqual([0, 0]);
  });

  it('of an application that claims to have taken too much is none', () => {
    const { backlog, leave, take } = application();
    leave(0);
    take(5);
    expect([backlog.frames, backlog.delayMs(1_000)]).toEqual([0, 0]);
  });
});
