import { describe, expect, it } from 'vitest';
import { verdict } from '../../../src/domain/calls/verdict.js';
import { millis, seconds } from '../../../src/domain/time.js';
import { CallDriver, type LegEffect } from '../../../src/flows/steps/drive-call.js';
import { FakeClock } from '../../support/fake-clock.js';
import { recordingLog } from '../../support/recording-telemetry.js';

const LENGTH = { 'no-answer': seconds(60), 'no-progress': seconds(20) };

function driver(carryOut: (effect: LegEffect, of: CallDriver) => void = () => undefined) {
  const clock = new FakeClock();
  const log = recordingLog();
  const done: string[] = [];
  const it: CallDriver = new CallDriver({
    clock,
    log,
    origin: 'arrived',
    timerLength: (timer) => LENGTH[timer],
    carryOut: (effect) => {
      done.push(effect.do === 'dial' ? `dial ${effect.target}` : effect.do);
      carryOut(effect, it);
    },
  });
  return { driver: it, clock, log, done };
}

const ROUTED = { is: 'routed', targets: 2 } as const;
const failed = { is: 'callee-failed', verdict: verdict('trunk-overloaded') } as const;

describe('driving a call', () => {
  it('settles with the one verdict of the call, however much comes after it', async () => {
    const { driver: d } = driver();
    d.feed({ is: 'refused', verdict: verdict('unknown-number') });
    d.feed({ is: 'caller-cancelled' });
    d.feed({ is: 'aborted', verdict: verdict('draining') });
    expect((await d.settled).reason).toBe('unknown-number');
    expect(d.state).toEqual({ at: 'ended', verdict: verdict('unknown-number') });
  });

  it('takes an event that an effect causes at once after the effects of the first', () => {
    // A dial that fails synchronously: the engine’s connection is gone.
    const { driver: d, done } = driver((effect, of) => {
      if (effect.do === 'dial') of.feed(failed);
    });
    d.feed(ROUTED);
    expect(done).toEqual(['dial 0', 'dial 1', 'refuse-caller']);
  });

  it('carries out the rest when one effect fails, and settles all the same', async () => {
    const {
      driver: d,
      done,
      log,
    } = driver((effect) => {
      if (effect.do === 'cancel-callee') throw new Error('the engine is gone');
    });
    d.feed(ROUTED);
    d.feed({ is: 'aborted', verdict: verdict('leak-blocked') });
    expect(done).toEqual(['dial 0', 'cancel-callee', 'refuse-caller']);
    expect((await d.settled).reason).toBe('leak-blocked');
    expect(log.lines).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'Call effect failed' }),
    );
  });

  it('goes on with events that waited when an effect failed', () => {
    const { driver: d, done } = driver((effect, of) => {
      if (effect.do !== 'dial' || of.state.at !== 'dialing' || of.state.target > 0) return;
      of.feed(failed);
      throw new Error('after the fact');
    });
    d.feed(ROUTED);
    expect(done).toEqual(['dial 0', 'dial 1']);
  });

  it('gives up a silent target after its time and dials the next', () => {
    const { driver: d, done, clock } = driver();
    d.feed(ROUTED);
    clock.advance(millis(19_999));
    expect(done).toEqual(['dial 0']);
    clock.advance(millis(1));
    expect(done).toEqual(['dial 0', 'cancel-callee', 'dial 1']);
  });

  it('lets a target that rings go on ringing until nobody answers', async () => {
    const { driver: d, done, clock } = driver();
    d.feed(ROUTED);
    clock.advance(seconds(15));
    d.feed({ is: 'callee-progressed' });
    clock.advance(millis(44_999));
    expect(done).toEqual(['dial 0', 'ring-caller']);
    clock.advance(millis(1));
    expect(done.slice(2)).toEqual(['cancel-callee', 'refuse-caller']);
    expect((await d.settled).reason).toBe('no-answer');
  });

  it('counts the time to answer over all targets, the time to progress for each', async () => {
    const { driver: d, clock } = driver();
    d.feed({ is: 'routed', targets: 9 });
    clock.advance(seconds(59));
    expect(d.state).toMatchObject({ at: 'dialing', target: 2 });
    clock.advance(seconds(1));
    expect((await d.settled).reason).toBe('no-answer');
  });

  it.each(['answered', 'cancelled', 'failed'] as const)(
    'leaves no timer behind when the call is %s',
    (how) => {
      const { driver: d, clock } = driver();
      d.feed(ROUTED);
      expect(clock.pending).toBe(2);
      if (how === 'answered') d.feed({ is: 'callee-answered' });
      if (how === 'cancelled') d.feed({ is: 'caller-cancelled' });
      if (how === 'failed') d.feed({ is: 'callee-failed', verdict: verdict('callee-busy') });
      expect(clock.pending).toBe(0);
    },
  );

  it('says in the log that an event came too late, and does nothing else about it', () => {
    const { driver: d, log, done } = driver();
    d.feed({ is: 'callee-answered' });
    expect(done).toEqual([]);
    expect(log.lines).toEqual([
      {
        level: 'debug',
        message: 'Event came too late',
        fields: { event: 'callee-answered', state: 'routing' },
      },
    ]);
  });
});
