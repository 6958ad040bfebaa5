/** What goes to the application in one millisecond is one entry; more than this nobody lags behind. */
const mostEntries = 60_000;
const dayMs = 86_400_000;
/** The application's pace is a mean over about this long, of the time it had something to do, in ms. */
const paceMs = 500;
/** A queue cannot get so much worse within one wait as a pause of the application makes it look. */
const mostForeseen = 3;

/**
 * The queue of frames on their way to an application, which stands in sockets and buffers where
 * nobody can count it. Every frame tells in its meta line when it left; an application in our own
 * process tells which one it has come to, so the rest is known. Times are milliseconds of the day.
 */
export class AppQueue {
  #entries: { readonly atMs: number; frames: number }[] = [];
  #first = 0;
  #waiting = 0;
  #handledSinceTick = 0;
  #tickedAtMs = 0;
  /** Frames a second that the application handles when it has no pause. */
  #pace = 0;

  /** Frames that the application has not come to yet. */
  get waiting(): number {
    return this.#waiting;
  }

  delivered(atMs: number): void {
    const last = this.#entries.at(-1);
    if (last?.atMs === atMs && this.#first < this.#entries.length) last.frames += 1;
    else this.#entries.push({ atMs, frames: 1 });
    this.#waiting += 1;
    if (this.#entries.length - this.#first > mostEntries) this.clear();
  }

  /** The application has come to the frame of that time. */
  handledUpTo(atMs: number): void {
    for (let entry = this.#oldest; entry !== undefined; entry = this.#oldest) {
      if (elapsed(atMs, entry.atMs) < 0) break;
      this.#waiting -= entry.frames;
      this.#handledSinceTick += entry.frames;
      this.#first += 1;
    }
    if (this.#first > 1_000 && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
  }

  /**
   * How long a frame that leaves now will wait, in ms: what waits, at the pace of the application;
   * where it does not move at all, as long as the oldest frame has waited. Called at each tick.
   */
  delayMs(nowMs: number): number {
    const tick = Math.max(1, elapsed(nowMs, this.#tickedAtMs));
    const handled = this.#handledSinceTick;
    this.#handledSinceTick = 0;
    this.#tickedAtMs = nowMs;
    const oldest = this.#oldest;
    if (oldest === undefined) return 0;
    const waited = Math.max(0, elapsed(nowMs, oldest.atMs));
    if (handled === 0) return waited;
    const share = Math.min(1, tick / paceMs);
    const now = (1000 * handled) / tick;
    this.#pace = this.#pace === 0 ? now : this.#pace + share * (now - this.#pace);
    return Math.min((1000 * this.#waiting) / this.#pace, mostForeseen * (waited + tick));
  }

  /** The application has gone, and its frames with it. */
  clear(): void {
    this.#entries = [];
    this.#first = 0;
    this.#waiting = 0;
  }

  get #oldest(): { readonly atMs: number; frames: number } | undefined {
    return this.#entries[this.#first];
  }
}

/** From one time of the day to another, across midnight as well. */
function elapsed(toMs: number, fromMs: number): number {
  const difference = (toMs - fromMs) % dayMs;
  if (difference > dayMs / 2) return difference - dayMs;
  return difference < -dayMs / 2 ? difference + dayMs : difference;
}
