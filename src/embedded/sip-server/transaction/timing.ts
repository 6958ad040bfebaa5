/** Stops what `after` started; calling it again, or after the timer has run, does nothing. */
export type Cancel = () => void;

/** The engine's only source of time, so that tests can move it by hand. */
export interface Timing {
  /** Milliseconds that only ever grow. */
  now(): number;
  after(milliseconds: number, run: () => void): Cancel;
}

/** Some 25 days. Of anything longer Node makes a millisecond, and peers choose some durations. */
const longestTimeout = 2 ** 31 - 1;

/** Node keeps one list per duration, so the few durations of SIP cost O(1) each way. */
export const realTiming: Timing = {
  now: () => performance.now(),
  after: (milliseconds, run) => {
    if (milliseconds > longestTimeout) return inStages(milliseconds, run);
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
};

function inStages(milliseconds: number, run: () => void): Cancel {
  let cancel = realTiming.after(longestTimeout, () => {
    cancel = realTiming.after(milliseconds - longestTimeout, run);
  });
  return () => cancel();
}

/** RFC 3261 §17.1.1.1 and Table 4: the base values from which all timers derive, in ms. */
export interface TimerValues {
  /** Estimated round-trip time. */
  readonly t1: number;
  /** Longest pause between retransmissions of non-INVITE requests and INVITE responses. */
  readonly t2: number;
  /** How long a message can stay in the network. */
  readonly t4: number;
}

export const rfcTimers: TimerValues = { t1: 500, t2: 4_000, t4: 5_000 };
