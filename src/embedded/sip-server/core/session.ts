import type { Dialog } from '../dialog/dialog.js';
import { SessionTimer, termsOf, type SessionTerms } from '../dialog/session-timer.js';
import { firstHeader } from '../message/headers.js';
import type { HeaderField, SipMessage, SipRequest, SipResponse } from '../message/sip-message.js';
import { parseSessionExpires } from '../message/tokens.js';
import { hangUp } from './hang-up.js';
import { refreshSession } from './refresh-session.js';
import type { CoreState } from './state.js';

/**
 * The session timer header for our 2xx (RFC 4028 §9): the application's if it gave one, else what
 * the caller offered with a refresher; an offer that leaves the refresher open is declined.
 */
export function sessionAnswer(
  request: SipRequest,
  appHeaders: readonly HeaderField[],
  minSeconds: number,
): HeaderField[] {
  const fromApp = appHeaders.find((field) => field.name === 'Session-Expires');
  const offered = parseSessionExpires(firstHeader(request, 'Session-Expires') ?? '');
  const headers: HeaderField[] = [];
  if (fromApp === undefined) {
    if (offered?.refresher === undefined || offered.seconds < minSeconds) return [];
    const value = `${offered.seconds};refresher=${offered.refresher}`;
    headers.push({ name: 'Session-Expires', value });
  }
  const uacRefreshes = (fromApp?.value ?? headers[0]?.value ?? '').includes('refresher=uac');
  const required = appHeaders.some((field) => field.name === 'Require');
  // RFC 4028 §9: a UAC that is to refresh must be made to understand the header.
  if (uacRefreshes && !required) headers.push({ name: 'Require', value: 'timer' });
  return headers;
}

/** Restarts the timer by the 2xx to an INVITE or UPDATE; one that states no terms ends it. */
export function restartSessionTimer(
  state: CoreState,
  dialog: Dialog,
  response: SipResponse | SipMessage,
  we: 'uac' | 'uas',
): void {
  dialog.sessionTimer?.stop();
  const terms = termsOf(response);
  dialog.sessionTimer = terms && timerFor(state, dialog, terms, terms.refresher === we);
}

function timerFor(
  state: CoreState,
  dialog: Dialog,
  terms: SessionTerms,
  weRefresh: boolean,
): SessionTimer {
  return new SessionTimer({
    timing: state.timing,
    seconds: terms.seconds,
    weRefresh,
    refresh: () => refreshSession(state, dialog, terms.seconds, restartSessionTimer),
    expired: () => hangUp(state, dialog, 'Session timer expired'),
  });
}
