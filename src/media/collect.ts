import type { CollectRequest } from '../flows/ports/media.js';
import type { Clock, Timer } from '../domain/time.js';

export interface CollectDeps {
  readonly clock: Clock;
  /** Plays the prompt until it has ended or is stopped. */
  readonly play: (stop: AbortSignal) => Promise<unknown>;
  /** Tells of each digit until the answer is called. */
  readonly listen: (digit: (digit: string) => void) => () => void;
}

/**
 * Digits are gathered here and not by FreeSWITCH's play_and_get_digits: that leaves them in channel
 * variables, which it writes into its own call records and into every later event.
 * @throws MediaFailed when the prompt cannot be played
 */
export async function collect(
  { min, max, terminator, prompt, ...waits }: CollectRequest,
  stop: AbortSignal,
  { clock, play, listen }: CollectDeps,
): Promise<string> {
  let digits = '';
  let timer: Timer | undefined;
  const quiet = new AbortController();
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const forget = listen((digit) => {
    quiet.abort();
    timer?.cancel();
    // One that comes too early is part of nothing and ends nothing.
    if (digit === terminator && digits.length >= min) finish();
    else if (digit !== terminator) digits += digit;
    if (digits.length >= max) finish();
    timer = clock.after(waits.nextDigitWithin, finish);
  });
  const stopped = (): void => {
    quiet.abort();
    finish();
  };
  if (stop.aborted) stopped();
  stop.addEventListener('abort', stopped);
  try {
    if (prompt.length > 0) await play(quiet.signal);
    if (!quiet.signal.aborted) timer = clock.after(waits.firstDigitWithin, finish);
    await finished;
    return digits;
  } finally {
    forget();
    timer?.cancel();
    stop.removeEventListener('abort', stopped);
  }
}
