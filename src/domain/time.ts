/**
 * Time as a service. Nothing else in the house reads the clock or sets a timer, so a test can
 * hold time still, and every duration says its unit in its type.
 */

/** A length of time in milliseconds. */
export type Millis = number & { readonly unit: 'ms' };

/** A point in time: milliseconds since the Unix epoch, UTC. */
export type Instant = number & { readonly epoch: 'ms' };

export const millis = (n: number): Millis => n as Millis;
export const seconds = (n: number): Millis => (n * 1000) as Millis;
export const minutes = (n: number): Millis => seconds(n * 60);
export const instant = (epochMs: number): Instant => epochMs as Instant;
export const later = (from: Instant, by: Millis): Instant => (from + by) as Instant;
export const earlier = (than: Instant, by: Millis): Instant => (than - by) as Instant;
/** Never negative: the machine's clock may have been set back meanwhile. */
export const between = (from: Instant, to: Instant): Millis => Math.max(0, to - from) as Millis;

/** RFC 3339 in UTC with milliseconds, as every API answer, record and log line shows it. */
export const toRfc3339 = (at: Instant): string => new Date(at).toISOString();

export interface Timer {
  cancel(): void;
}

export interface Clock {
  now(): Instant;
  /** Runs `run` once after `delay`; the timer never keeps the process alive by itself. */
  after(delay: Millis, run: () => void): Timer;
}
