import { beforeEach, describe, expect, it } from 'vitest';
import { seconds } from '../../../src/domain/time.js';
import { gatherDigits } from '../../../src/flows/steps/gather-digits.js';
import { Keys } from '../../../src/flows/steps/keys.js';
import { FakeClock } from '../../support/fake-clock.js';
import { turns } from '../../support/fake-sip-call.js';

let clock: FakeClock;
let press: (digits: string) => void;
let keys: Keys;
/** The prompt is played until it is stopped or `played` is called. */
let prompt: { playing: boolean; played: () => void };
beforeEach(() => {
  clock = new FakeClock();
  keys = new Keys((hear) => {
    press = (digits) => Array.from(digits, hear);
    return () => (press = () => undefined);
  });
  prompt = { playing: false, played: () => undefined };
});

const gather = (stop: AbortSignal = new AbortController().signal, max = 6): Promise<string> =>
  gatherDigits(
    { max, terminator: '#', firstDigitWithin: seconds(8), nextDigitWithin: seconds(4) },
    stop,
    {
      clock,
      keys,
      play: (quiet) =>
        new Promise((resolve) => {
          prompt = { playing: true, played: () => resolve('played') };
          quiet.addEventListener('abort', () => {
            prompt.playing = false;
            resolve('stopped');
          });
        }),
    },
  );

describe('digits that are gathered', () => {
  it('end the prompt with the first, and are whole with the terminator', async () => {
    const gathered = gather();
    press('4');
    expect(prompt.playing).toBe(false);
    await turns();
    press('2#9');
    expect(await gathered).toBe('42');
    expect(clock.pending).toBe(0);
  });

  it('are whole when there are as many as there may be', async () => {
    const gathered = gather(undefined, 3);
    press('1234');
    expect(await gathered).toBe('123');
  });

  it('are whole when the next one takes too long', async () => {
    const gathered = gather();
    press('12');
    await clock.advanceAsync(seconds(4));
    expect(await gathered).toBe('12');
  });

  it('are none when the first one takes too long after the prompt', async () => {
    const gathered = gather();
    await clock.advanceAsync(seconds(60));
    prompt.played();
    await turns();
    await clock.advanceAsync(seconds(8));
    expect(await gathered).toBe('');
  });

  it('are digits: other keys are no part of them', async () => {
    const gathered = gather();
    press('1*A2#');
    expect(await gathered).toBe('12');
  });

  it('count when they were pressed before they were asked for, each for its question', async () => {
    press('12#34#');
    expect(await gather()).toBe('12');
    expect(await gather()).toBe('34');
    expect(prompt.playing).toBe(false);
  });

  it('are none, and nobody waits for them, when it is stopped', async () => {
    const stop = new AbortController();
    const gathered = gather(stop.signal);
    press('12');
    stop.abort();
    expect(await gathered).toBe('');
    expect(await gather(stop.signal)).toBe('');
    expect(clock.pending).toBe(0);
  });

  it('are forgotten with the last question', async () => {
    press('12345');
    keys.end();
    const gathered = gather();
    prompt.played();
    await turns();
    await clock.advanceAsync(seconds(8));
    expect(await gathered).toBe('');
  });
});
