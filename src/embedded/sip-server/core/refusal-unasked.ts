import { tagOf } from '../message/name-addr.js';
import type { SipRequest } from '../message/sip-message.js';
import type { CoreState } from './state.js';
import { needsDialog, unroutedAnswer, vet, type Refusal } from './vetting.js';

/** What a request earns for which no application is asked: RFC 3261 §8.2 and §12.2.2. */
export function refusalUnasked(
  state: Pick<CoreState, 'dialogs' | 'proxiedCalls' | 'routes'>,
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
  const { routes } = state;
  return routes.has(request.method) ? undefined : unroutedAnswer(request, !routes.empty);
}
