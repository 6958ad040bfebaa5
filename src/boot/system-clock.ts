import {
  between,
  instant,
  later,
  millis,
  type Clock,
  type Instant,
  type Timer,
} from '../domain/time.js';

/** Node runs a timer of more than 2^31 - 1 ms at once instead of late. */
const LONGEST_TIMER = millis(2 ** 31 - 1);

/** The time of this machine. */
export function systemClock(): Clock {
  const now = (): Instant => instant(Date.now());

  return {
    now,
    after(delay, run): Timer {
      const due = later(now(), delay);
      let timer: NodeJS.Timeout;
      const arm = (wait: number): void => {
        timer = setTimeout(fire, Math.min(wait, LONGEST_TIMER));
        timer.unref();
      };
      const fire = (): void => {
        const left = between(now(), due);
        if (delay > LONGEST_TIMER && left > 0) arm(left);
        else run();
      };
      arm(delay);
      return {
        cancel: () => {
          clearTimeout(timer);
        },
      };
    },
  };
}
