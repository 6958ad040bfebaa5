import { tagOf } from '../message/name-addr.js';
import type { HeaderField, SipRequest } from '../message/sip-message.js';
import type { CoreState } from './state.js';
import { needsDialog, unroutedAnswer, vet, type Refusal } from './vetting.js';

/**
 * What a new request is answered without making a transaction of it (RFC 3261 §8.2.7). Of an INVITE
 * an ordinary refusal is repeated until its ACK; but one for want of room must cost the least, and
 * its caller, who repeats the INVITE if it was lost, gets the very same again.
 */
export function refusalAtOnce(state: CoreState, request: SipRequest): Refusal | undefined {
  // A CANCEL is answered with the tag of its INVITE.
  if (request.method === 'CANCEL') return undefined;
  const refusal = refusalUnasked(state, request);
  if (refusal !== undefined) return request.method === 'INVITE' ? undefined : refusal;
  if (tagOf(request, 'To') !== undefined) return undefined;
  // Peers ask with OPTIONS whether we live, and that we do.
  if (request.method === 'OPTIONS') {
    return state.admission.isPressed() ? unroutedAnswer(request, true) : undefined;
  }
  if (!state.admission.turnsAway(request)) return undefined;
  return { status: 503, headers: [comeBackLater(state)] };
}

/** When to try again after a 503 (RFC 3261 §21.5.4). */
export function comeBackLater({ admission }: Pick<CoreState, 'admission'>): HeaderField {
  return { name: 'Retry-After', value: String(admission.retryAfterSeconds) };
}

/** What a request earns for which no application is asked: RFC 3261 §8.2 and §12.2.2. */
export function refusalUnasked(
  state: Pick<CoreState, 'dialogs' | 'proxiedCalls' | 'routes' | 'requestHandling'>,
  request: SipRequest,
): Refusal | undefined {
  const flaw = vet(request);
  if (flaw) return flaw;
  const gone = { status: 481 } as const;
  if (tagOf(request, 'To') !== undefined) {
    const known = state.dialogs.of(request) ?? state.proxiedCalls.passageOf(request);
    return known ? undefined : gone;
  }
  if (needsDialog(request.method)) return gone;
  const { routes, requestHandling } = state;
  if (requestHandling?.handlers.covers(request.method) === true) return undefined;
  return routes.has(request.method) ? undefined : unroutedAnswer(request, !routes.empty);
}
