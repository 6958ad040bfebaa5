import { CallRefused, onTrunk, verdict, type Verdict } from '../../domain/calls/verdict.js';
import { between } from '../../domain/time.js';
import type { House } from '../house.js';
import { MediaFailed } from '../ports/media.js';
import { StoreError } from '../ports/store-error.js';
import { VaultError } from '../ports/vault.js';
import type { Bridge } from './bridge.js';
import type { CallUnderWay } from './call-under-way.js';

/** Closes the books of a call that has ended with one verdict. */
export function settle(call: CallUnderWay, bridge: Bridge, settled: Verdict, house: House): void {
  // What befell neither leg in particular befell the way to the callee.
  const ending = onTrunk(settled, bridge.calleeTrunk);
  bridge.closeBooks(ending);
  const { metrics, clock } = house;
  metrics.callEnded(call.direction, ending.result, ending.reason);
  const talked = call.callerLedger.talkedFor(clock.now());
  if (talked !== undefined) metrics.callTalked(call.direction, talked);
  call.log[ending.log]('Call ended', {
    verdict: ending.reason,
    result: ending.result,
    callee_trunk: bridge.calleeTrunk?.name,
    trunk_at_fault: ending.trunk,
    duration_ms: between(call.callerLedger.startedAt, clock.now()),
    talked_ms: talked,
  });
}

/** What a failure on the way means for the call; what nobody foresaw is our own fault. */
export function verdictOf(error: unknown, call: CallUnderWay): Verdict {
  if (call.sip.cancelled.aborted) return verdict('caller-cancelled');
  if (error instanceof CallRefused) {
    if (error.verdict.result === 'masking_error') {
      call.log.error('Call refused for a reason of our own', { detail: error.message });
    }
    return error.verdict;
  }
  if (error instanceof MediaFailed) return verdict('media-unavailable');
  if (error instanceof VaultError) return verdict('vault-unavailable');
  call.log.error('Call failed on the way', { err: asError(error) });
  return verdict(error instanceof StoreError ? 'store-unavailable' : 'internal-error');
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error('something that is no error was thrown');
