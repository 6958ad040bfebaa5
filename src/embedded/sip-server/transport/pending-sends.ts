import type { SendFailed, SendOutcome } from './transport.js';

export type FailureReason = (SendOutcome & { ok: false })['why'];

/** Enough for the calls of a busy trunk; whoever falls out is left to his transaction's timer. */
const remembered = 256;

/**
 * Who is to be told when a peer turns out to be gone. Neither ICMP nor a reset says which message
 * it answers, so everyone who has sent since the peer was last heard is told, and once.
 */
export class PendingSends {
  #waiting: SendFailed[] = [];

  add(failed: SendFailed): void {
    if (this.#waiting.length >= remembered) this.#waiting.shift();
    this.#waiting.push(failed);
  }

  /** The peer lives: what reached it before is out of our hands. */
  heard(): void {
    this.#waiting.length = 0;
  }

  fail(why: FailureReason): void {
    const told = this.#waiting;
    this.#waiting = [];
    for (const failed of told) failed({ ok: false, why });
  }
}

/** Tells of a failure found while sending, but never before `send` has returned. */
export function failLater(failed: SendFailed, why: FailureReason): void {
  setImmediate(() => {
    failed({ ok: false, why });
  });
}
