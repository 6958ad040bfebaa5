import { describe, expect, it } from 'vitest';
import { verdict } from '../../src/domain/calls/verdict.js';
import type { Place } from '../../src/flows/house.js';
import { LiveCalls } from '../../src/flows/live-calls.js';
import { turns } from '../support/fake-sip-call.js';

function enter(calls: LiveCalls): Place {
  const place = calls.enter('ordinary');
  if (typeof place === 'string') throw new Error(`no place: ${place}`);
  return place;
}

async function isDone(promise: Promise<void>): Promise<boolean> {
  let done = false;
  void promise.then(() => (done = true));
  await turns();
  return done;
}

describe('the calls that are going on', () => {
  it('are as many as there may be, and a place that is left is free again', () => {
    const calls = new LiveCalls(2);
    const first = enter(calls);
    enter(calls);
    expect(calls.enter('ordinary')).toBe('overloaded');
    first.leave();
    first.leave();
    expect(calls.count).toBe(1);
    enter(calls);
    expect(calls.enter('ordinary')).toBe('overloaded');
  });

  it('are never too many for an emergency, nor too late', () => {
    const calls = new LiveCalls(1);
    enter(calls);
    expect(typeof calls.enter('emergency')).toBe('object');
    void calls.drain();
    expect(typeof calls.enter('emergency')).toBe('object');
    expect(calls.count).toBe(3);
  });

  it('end in a drain that takes no more and is done with the last of them', async () => {
    const calls = new LiveCalls(2);
    const [first, second] = [enter(calls), enter(calls)];
    expect(calls.draining).toBe(false);
    const drained = calls.drain();
    expect(calls.draining).toBe(true);
    expect(calls.enter('ordinary')).toBe('draining');
    first.leave();
    expect(await isDone(drained)).toBe(false);
    second.leave();
    expect(await isDone(drained)).toBe(true);
  });

  it('are drained at once when there are none', async () => {
    expect(await isDone(new LiveCalls(1).drain())).toBe(true);
  });

  it('are drained for everyone who asked', async () => {
    const calls = new LiveCalls(1);
    const place = enter(calls);
    const both = [calls.drain(), calls.drain()];
    place.leave();
    for (const drained of both) expect(await isDone(drained)).toBe(true);
  });

  it('are all aborted with one verdict, but not those that have left', () => {
    const calls = new LiveCalls(3);
    const aborted: string[] = [];
    const [a, b] = [enter(calls), enter(calls)];
    a.onAbort(({ reason }) => {
      aborted.push(`a ${reason}`);
      // A call that ends at once must not disturb the round.
      a.leave();
    });
    b.onAbort(({ reason }) => aborted.push(`b ${reason}`));
    calls.abortAll(verdict('sip-engine-lost'));
    calls.abortAll(verdict('draining'));
    expect(aborted).toEqual(['a sip-engine-lost', 'b sip-engine-lost', 'b draining']);
  });

  it('are aborted also before they have said how, for they were too young', () => {
    const calls = new LiveCalls(1);
    const place = enter(calls);
    calls.abortAll(verdict('draining'));
    let why: string | undefined;
    place.onAbort(({ reason }) => (why = reason));
    expect(why).toBe('draining');
  });
});
