/** Samples that a packet may come late and still be put in its place; later it may be on disk. */
export const latest = 4_800;
/** A packet cannot be ahead of its time: so much is taken for jitter of the one it is measured by. */
const mostAhead = 320;
/** Further back than this, a timestamp does not come out of turn but began anew. */
const mostMisorder = 1_600;
/** Later than this, and as late again and again, is not jitter: their clock stood still. */
const notablyLate = 480;
const asLate = 120;
const packetsToBelieve = 5;
/** Each second it is judged whether two clocks drift apart; two seconds must agree. */
const watch = 8_000;
/** The track is moved by so little at once that nobody hears it. */
const shift = 80;

/** Samples of the recording that were put too early or too late, and belong `by` further on. */
export type Move = (from: number, to: number, by: number) => void;

/**
 * Where the packets of a stream belong in a recording, in samples of 8 kHz: where their RTP
 * timestamps say, counted from where the stream began. When they are looked at does not matter, so
 * neither jitter nor a thread that was held up leaves a trace. What is known of the clock is that
 * no packet comes before its time: a stream that began with a late one is moved back, one whose
 * clock stood still is moved on, and one whose clock drifts is held to ours.
 */
export class StreamTimeline {
  readonly #move: Move;
  #anchored = false;
  #timestamp = 0;
  #position = 0;
  /** Where this stream began, and where the one before it ended. */
  #began = 0;
  #floor = 0;
  #end = 0;
  #late: { ahead: number; from: number; packets: number } | undefined;
  #drift = { earliest: -Infinity, before: 0, until: 0 };

  constructor(move: Move) {
    this.#move = move;
  }

  /**
   * @param count samples of the packet.
   * @param now where the recording is.
   * @param from first sample that can still be written.
   */
  positionOf(timestamp: number, count: number, now: number, from: number): number {
    const position = this.#place(timestamp, now - count, from);
    this.#end = Math.max(this.#end, position + count);
    return position;
  }

  /** @param due where a packet that arrives now belongs if it was never held up. */
  #place(timestamp: number, due: number, from: number): number {
    if (!this.#anchored) return this.#anchor(timestamp, due);
    const forward = (timestamp - this.#timestamp) | 0;
    let position = this.#position + forward;
    if (position - due > latest || forward < -mostMisorder) return this.#anchor(timestamp, due);
    if (position - due > 0) position -= this.#moveBack(position - due, from);
    if (position - due > mostAhead) return this.#anchor(timestamp, due);
    if (forward <= 0) {
      this.#began = Math.min(this.#began, Math.max(position, this.#floor));
      return position;
    }
    position += this.#moveOn(position, due, from);
    this.#timestamp = timestamp;
    this.#position = position;
    this.#watch(position - due, due);
    return position;
  }

  /** Where its time would be; or where the stream before it ended, if that may be jitter only. */
  #anchor(timestamp: number, due: number): number {
    const goesOn = this.#anchored && Math.abs(due - this.#end) <= notablyLate;
    const position = goesOn ? this.#end : due;
    this.#anchored = true;
    this.#timestamp = timestamp;
    this.#position = position;
    this.#began = position;
    this.#floor = this.#end;
    this.#late = undefined;
    this.#drift = { earliest: -Infinity, before: 0, until: due + watch };
    return position;
  }

  /** The packet that the stream began with was late, for this one is ahead of its time. */
  #moveBack(ahead: number, from: number): number {
    const room = this.#began - Math.max(this.#floor, from);
    const by = Math.min(ahead, Math.max(0, room));
    if (by > 0) this.#shift(this.#began, -by);
    return by;
  }

  #moveOn(position: number, due: number, from: number): number {
    const ahead = position - due;
    const late = this.#late;
    if (ahead > -notablyLate) this.#late = undefined;
    else if (late === undefined || Math.abs(ahead - late.ahead) > asLate) {
      this.#late = { ahead, from: position, packets: 1 };
    } else {
      late.packets += 1;
      // What came too late to be written at all is soon missed.
      if (late.packets < (ahead < -latest ? 2 : packetsToBelieve)) return 0;
      this.#late = undefined;
      this.#shift(Math.max(late.from, from), -ahead);
      return -ahead;
    }
    return 0;
  }

  #shift(start: number, by: number): void {
    if (this.#end > start) this.#move(start, this.#end, by);
    this.#began += by < 0 ? by : 0;
    this.#position += by;
    this.#end += by;
  }

  #watch(ahead: number, due: number): void {
    const drift = this.#drift;
    drift.earliest = Math.max(drift.earliest, ahead);
    if (due < drift.until) return;
    const { earliest, before } = drift;
    if (Math.min(earliest, before) >= shift) this.#position -= shift;
    else if (Math.max(earliest, before) <= -shift) this.#position += shift;
    this.#drift = { earliest: -Infinity, before: earliest, until: due + watch };
  }
}
