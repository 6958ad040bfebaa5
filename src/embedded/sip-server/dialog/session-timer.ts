import { firstHeader } from '../message/headers.js';
import type { SipMessage } from '../message/sip-message.js';
import { parseSessionExpires } from '../message/tokens.js';
import type { Cancel, Timing } from '../transaction/timing.js';

/** What two parties agreed on (RFC 4028 §7.2 and §9). */
export interface SessionTerms {
  readonly seconds: number;
  readonly refresher: 'uac' | 'uas';
}

/** The terms that a 2xx states; the UAC refreshes if it does not say who does. */
export function termsOf(response: SipMessage): SessionTerms | undefined {
  const value = firstHeader(response, 'Session-Expires');
  const parsed = value === undefined ? undefined : parseSessionExpires(value);
  if (parsed === undefined || parsed.seconds === 0) return undefined;
  return { seconds: parsed.seconds, refresher: parsed.refresher ?? 'uac' };
}

export interface SessionTimerOptions {
  readonly timing: Timing;
  readonly seconds: number;
  readonly weRefresh: boolean;
  readonly refresh: () => void;
  readonly expired: () => void;
}

/** RFC 4028 §10: refreshes at half the interval, or waits for the peer; ends the call at its end. */
export class SessionTimer {
  /** What our own re-INVITE or UPDATE must state, lest it end the timer (RFC 4028 §7.4). */
  readonly header: string;
  readonly #cancelRefresh: Cancel | undefined;
  readonly #cancelExpiry: Cancel;

  constructor(options: SessionTimerOptions) {
    const { timing, seconds, weRefresh, refresh, expired } = options;
    this.header = `${seconds};refresher=${weRefresh ? 'uac' : 'uas'}`;
    if (weRefresh) this.#cancelRefresh = timing.after(seconds * 500, refresh);
    // RFC 4028 §10: who waits for the other's refresh says BYE a little before the other would.
    const early = weRefresh ? 0 : Math.min(32, seconds / 3);
    this.#cancelExpiry = timing.after((seconds - early) * 1_000, expired);
  }

  stop(): void {
    this.#cancelRefresh?.();
    this.#cancelExpiry();
  }
}
