import { firstHeader } from '../message/headers.js';
import type { SipRequest } from '../message/sip-message.js';
import type { Dialog } from './dialog.js';

/** RFC 6665 §4.4.1: a NOTIFY that says `terminated` ends the dialog its SUBSCRIBE opened. */
export function endsSubscription(dialog: Dialog, notify: SipRequest): boolean {
  const state = firstHeader(notify, 'Subscription-State') ?? '';
  return dialog.opener === 'SUBSCRIBE' && /^\s*terminated\b/i.test(state);
}

/** How long a subscription still lasts in seconds, where a NOTIFY says so (RFC 6665 §4.1.3). */
export function expiryIn(notify: SipRequest): number | undefined {
  const [, seconds] =
    /;\s*expires\s*=\s*(\d{1,9})\b/i.exec(firstHeader(notify, 'Subscription-State') ?? '') ?? [];
  return seconds === undefined ? undefined : Number(seconds);
}
