import { eventOf, type TelephoneEvent } from './telephone-event.js';

/** Samples of one beat. */
const step = 160;
/** RFC 4733 §2.5.1.4: the end is told three times, in case of loss. */
const endPackets = 3;
/** Between two digits, 60 ms: ITU-T Q.24 lets receivers ask for 40 and more. */
const pauseBeats = 3;
/** A digit whose end never comes is let go: 8 seconds, which one segment can still tell. */
const longest = 8 * 8_000;
/** Digits that wait; more are not taken. */
const mostWaiting = 64;

interface Waiting {
  readonly event: number;
  /** Undefined: as long as it is held. */
  samples: number | undefined;
}

export interface DigitPart extends TelephoneEvent {
  /** First packet of the digit: it sets the timestamp, and bears the marker. */
  readonly begins: boolean;
}

/** The digits that a party is sent, beat by beat of 20 ms. */
export class DigitSender {
  readonly #waiting: Waiting[] = [];
  #now: (Waiting & { sent: number; ends: number }) | undefined;
  #pause = 0;

  get busy(): boolean {
    return this.#now !== undefined || this.#waiting.length > 0;
  }

  send(digits: string, samples: number): void {
    for (const digit of digits) this.#add(digit, Math.min(longest, Math.max(step, samples)));
  }

  /** As long as the digit is held, it is sent. */
  press(digit: string): void {
    this.#add(digit, undefined);
  }

  /** Ends the digit that was pressed last. */
  release(samples: number): void {
    const open = [...this.#waiting, ...(this.#now ? [this.#now] : [])].find(
      (each) => each.samples === undefined,
    );
    if (open !== undefined) open.samples = Math.max(step, samples);
  }

  /** What goes out on this beat; undefined: nothing, the audio goes on. */
  beat(): DigitPart | undefined {
    if (this.#pause > 0) {
      this.#pause -= 1;
      return undefined;
    }
    const begins = this.#now === undefined;
    const next = this.#now ?? this.#begin();
    if (next === undefined) return undefined;
    const most = Math.min(longest, next.samples ?? longest);
    next.sent = Math.max(next.sent, Math.min(most, next.sent + step));
    const end = !begins && next.sent >= most;
    if (end) next.ends += 1;
    if (next.ends === endPackets) {
      this.#now = undefined;
      this.#pause = pauseBeats;
    }
    return { event: next.event, end, duration: next.sent, begins };
  }

  #begin(): (Waiting & { sent: number; ends: number }) | undefined {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) return undefined;
    this.#now = Object.assign(waiting, { sent: 0, ends: 0 });
    return this.#now;
  }

  #add(digit: string, samples: number | undefined): void {
    const event = eventOf(digit);
    if (event === undefined || this.#waiting.length >= mostWaiting) return;
    this.#waiting.push({ event, samples });
  }
}
