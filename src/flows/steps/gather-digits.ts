import type { Clock, Millis, Timer } from '../../domain/time.js';
import type { Keys } from './keys.js';
import { Latch } from './latch.js';

export interface DigitsWanted {
  readonly max: number;
  /** Ends the input and is not part of it. */
  readonly terminator: '#' | '*';
  /** How long after the prompt the first digit may take. */
  readonly firstDigitWithin: Millis;
  /** How long each further digit may take. */
  readonly nextDigitWithin: Millis;
}

export interface GatheringDeps {
  readonly clock: Clock;
  readonly keys: Pick<Keys, 'listen' | 'ignore'>;
  /** Plays the prompt until it has ended or is stopped. */
  readonly play: (stop: AbortSignal) => Promise<unknown>;
}

/**
 * What a party keys in, however its digits come: as RFC 4733, in the audio, or by INFO. The first one
 * ends the prompt. Resolves with nothing when `stop` is aborted.
 * @throws MediaFailed when the prompt cannot be played.
 */
export async function gatherDigits(
  { max, terminator, firstDigitWithin, nextDigitWithin }: DigitsWanted,
  stop: AbortSignal,
  { clock, keys, play }: GatheringDeps,
): Promise<string> {
  const stopped = (): boolean => stop.aborted;
  if (stopped()) return '';
  let digits = '';
  let timer: Timer | undefined;
  const whole = new Latch();
  const begun = new AbortController();
  const finish = (): void => {
    timer?.cancel();
    keys.ignore();
    whole.open();
  };
  stop.addEventListener('abort', finish);
  keys.listen((digit) => {
    begun.abort();
    timer?.cancel();
    if (/^\d$/.test(digit)) digits += digit;
    if (digit === terminator || digits.length === max) finish();
    else timer = clock.after(nextDigitWithin, finish);
  });
  try {
    if (!begun.signal.aborted) await play(AbortSignal.any([stop, begun.signal]));
    if (!begun.signal.aborted && !stopped()) timer = clock.after(firstDigitWithin, finish);
    if (!stopped()) await whole.promise;
    return stopped() ? '' : digits;
  } finally {
    finish();
    stop.removeEventListener('abort', finish);
  }
}
