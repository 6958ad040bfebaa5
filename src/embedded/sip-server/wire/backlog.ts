/** How exactly it is known when frames left: what leaves within this of each other is one entry, in ms. */
const grainMs = 4;
/** Eight seconds of entries. Of an application further behind, nothing more exact needs to be known. */
const mostEntries = 2_000;
/** The application's pace is a mean over about this long, of the time it had something to do, in ms. */
const paceMs = 500;
/** A backlog cannot get so much worse within one wait as a pause of the application makes it look. */
const mostForeseen = 3;
/**
 * What has only just left is not late, however many frames it is and however little came before: a
 * frame is foreseen to wait so many times as long as the oldest has waited, and no longer.
 */
const mostTimesWaited = 5;

interface Entry {
  /** Characters that had left when the last frame of it had, modulo 2³². */
  end: number;
  frames: number;
  readonly atMs: number;
}

/**
 * The frames that wait for an application in another thread of this process. It counts in shared
 * memory the characters it has taken, each frame's when it begins to handle it; held against what
 * has left and when, that tells how late the application is. It costs neither thread a message.
 */
export class Backlog {
  readonly #taken: Int32Array;
  readonly #entries: Entry[] = [];
  #said = 0;
  #takenAtTick = 0;
  #tickedAtMs = 0;
  /** Characters a millisecond that the application takes when it has no pause. */
  #pace = 0;

  /** `taken` is shared memory: characters taken so far, modulo 2³². */
  constructor(taken: Int32Array) {
    this.#taken = taken;
  }

  /** A frame is on its way, or will be with the next that leave. */
  say(frame: string): void {
    this.#said = (this.#said + frame.length) | 0;
  }

  /** All that was said until now has left, that many frames of it at this time. */
  left(frames: number, nowMs: number): void {
    this.#forget(Atomics.load(this.#taken, 0));
    const last = this.#entries.at(-1);
    const full = this.#entries.length === mostEntries;
    if (last !== undefined && (full || nowMs - last.atMs < grainMs)) {
      last.end = this.#said;
      last.frames += frames;
    } else this.#entries.push({ end: this.#said, frames, atMs: nowMs });
  }

  /** Characters said that the application has not come to. */
  get unread(): number {
    return ahead(this.#said, Atomics.load(this.#taken, 0));
  }

  /** Frames that the application has not come to, and those that left just before them. */
  get frames(): number {
    this.#forget(Atomics.load(this.#taken, 0));
    return this.#entries.reduce((sum, { frames }) => sum + frames, 0);
  }

  /**
   * How long a frame that leaves now will wait, in ms: what waits, at the pace of the application;
   * where it does not move at all, as long as the oldest frame has waited. Called at each tick.
   */
  delayMs(nowMs: number): number {
    const taken = Atomics.load(this.#taken, 0);
    const tick = Math.max(1, nowMs - this.#tickedAtMs);
    const handled = ahead(taken, this.#takenAtTick);
    this.#takenAtTick = taken;
    this.#tickedAtMs = nowMs;
    this.#forget(taken);
    const [oldest] = this.#entries;
    if (oldest === undefined) return 0;
    const waited = Math.max(0, nowMs - oldest.atMs);
    // In a time so long that nobody looked it may well have had nothing to do.
    if (handled <= 0 || tick > paceMs) return waited;
    const now = handled / tick;
    this.#pace = this.#pace === 0 ? now : this.#pace + (tick / paceMs) * (now - this.#pace);
    const foreseen = Math.min(mostForeseen * (waited + tick), mostTimesWaited * waited);
    return Math.min(ahead(this.#said, taken) / this.#pace, foreseen);
  }

  #forget(taken: number): void {
    let [oldest] = this.#entries;
    while (oldest !== undefined && ahead(oldest.end, taken) <= 0) {
      this.#entries.shift();
      [oldest] = this.#entries;
    }
  }
}

/** How far one count is ahead of another, both modulo 2³²: right while that is less than 2³¹. */
function ahead(one: number, other: number): number {
  return (one - other) | 0;
}
