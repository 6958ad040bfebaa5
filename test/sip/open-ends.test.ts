import { describe, expect, it } from 'vitest';
import { seconds } from '../../src/domain/time.js';
import { OpenEnds } from '../../src/sip/open-ends.js';
import { FakeClock } from '../support/fake-clock.js';

function ends() {
  const clock = new FakeClock();
  const open = new OpenEnds(clock);
  let done = 0;
  return { clock, open, release: () => open.whenClosed(() => (done += 1)), done: () => done };
}

describe('what of a call may still send something', () => {
  it('is nothing when nothing was opened: it is over at once', () => {
    const { release, done, clock } = ends();
    release();
    expect([done(), clock.pending]).toEqual([1, 0]);
  });

  it('keeps the call known until the last of it is done', () => {
    const { open, release, done, clock } = ends();
    const [a, b] = [{}, {}];
    open.open(a);
    open.open(b);
    release();
    open.close(a);
    expect(done()).toBe(0);
    open.close(b);
    open.close(b);
    expect([done(), clock.pending]).toEqual([1, 0]);
  });

  it('is not over while the call goes on, though nothing is open for a moment', () => {
    const { open, release, done } = ends();
    const first = {};
    open.open(first);
    open.close(first);
    expect(done()).toBe(0);
    release();
    expect(done()).toBe(1);
  });

  it('is waited for no longer than the engine could still speak', () => {
    const { open, release, done, clock } = ends();
    open.open({});
    release();
    clock.advance(seconds(39));
    expect(done()).toBe(0);
    clock.advance(seconds(1));
    expect(done()).toBe(1);
  });
});
