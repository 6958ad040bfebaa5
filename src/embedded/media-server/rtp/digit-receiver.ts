import { timestampDistance, type RtpPacket } from './rtp-packet.js';
import { digitOf, readTelephoneEvent, type TelephoneEvent } from './telephone-event.js';

/** Without another packet for so long, the packets that said "end" were lost. */
const lostEndMs = 150;
/** The most that one packet can say; a longer event goes on in another (RFC 4733 §2.5.1.3). */
const longestSegment = 0xffff;
const remembered = 8;

export interface DigitListener {
  /** A digit is held down. */
  pressed(digit: string): void;
  /** It was let go; once for each `pressed`. */
  released(digit: string, durationSamples: number, ssrc: number, timestamp: number): void;
}

interface Held {
  readonly event: number;
  readonly digit: string;
  readonly ssrc: number;
  readonly timestamp: number;
  /** Of segments before the present one. */
  before: number;
  segmentAt: number;
  duration: number;
  heardAtMs: number;
}

/**
 * Digits out of RFC 4733 packets: one for each timestamp, however many packets tell of it, in
 * whatever order they come, and whether or not one of those with the end bit arrives.
 */
export class DigitReceiver {
  readonly #listener: DigitListener;
  readonly #over: number[] = [];
  #held: Held | undefined;

  constructor(listener: DigitListener) {
    this.#listener = listener;
  }

  take(bytes: Buffer, packet: RtpPacket, nowMs: number): void {
    const told = readTelephoneEvent(bytes, packet.payloadStart, packet.payloadEnd);
    if (told === undefined || this.#over.includes(packet.timestamp)) return;
    if (!this.#goesOn(told, packet)) this.#press(told, packet, nowMs);
    const held = this.#held;
    if (held?.segmentAt !== packet.timestamp) return;
    held.duration = Math.max(held.duration, told.duration);
    held.heardAtMs = nowMs;
    if (told.end) this.#release(held);
  }

  /** To be called now and then: ends what nobody ended. */
  beat(nowMs: number): void {
    const held = this.#held;
    if (held !== undefined && nowMs - held.heardAtMs > lostEndMs) this.#release(held);
  }

  #goesOn(told: TelephoneEvent, packet: RtpPacket): boolean {
    const held = this.#held;
    if (held === undefined) return false;
    const ahead = timestampDistance(held.segmentAt, packet.timestamp);
    if (ahead <= 0) return true;
    if (held.event !== told.event || ahead !== longestSegment) return false;
    held.before += longestSegment;
    held.segmentAt = packet.timestamp;
    held.duration = 0;
    return true;
  }

  #press(told: TelephoneEvent, packet: RtpPacket, nowMs: number): void {
    if (this.#held !== undefined) this.#release(this.#held);
    const digit = digitOf(told.event);
    if (digit === undefined) return;
    this.#held = {
      event: told.event,
      digit,
      ssrc: packet.ssrc,
      timestamp: packet.timestamp,
      before: 0,
      segmentAt: packet.timestamp,
      duration: 0,
      heardAtMs: nowMs,
    };
    this.#listener.pressed(digit);
  }

  #release(held: Held): void {
    this.#held = undefined;
    this.#over.push(held.segmentAt);
    if (this.#over.length > remembered) this.#over.shift();
    this.#listener.released(held.digit, held.before + held.duration, held.ssrc, held.timestamp);
  }
}
