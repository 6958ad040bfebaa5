import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { region } from '../../src/domain/consent/region.js';
import type { CallId } from '../../src/domain/records/leg-record.js';
import { later, seconds } from '../../src/domain/time.js';
import type { ConsentDecision, ConsentLog } from '../../src/flows/ports/consent-log.js';
import { FixedIds } from '../support/fixed-ids.js';
import { ACME, GLOBEX, NINE } from '../support/session-drafts.js';
import type { StoreUnderTest } from './session-store.contract.js';

const ids = new FixedIds();

const decision = (callId: CallId, change: Partial<ConsentDecision> = {}): ConsentDecision => ({
  at: NINE,
  tenant: ACME,
  callId,
  leg: 'a',
  role: 'customer',
  region: region('US-CA'),
  rule: region('US-CA'),
  mode: 'by-law',
  measure: 'announce',
  outcome: 'announced',
  ...change,
});

/** What every ConsentLog keeps to, whatever it is made of. */
export function describeConsentLog(
  name: string,
  start: () => Promise<StoreUnderTest<ConsentLog>>,
): void {
  describe(`ConsentLog over ${name}`, () => {
    let under: StoreUnderTest<ConsentLog>;
    beforeEach(async () => (under = await start()));
    afterEach(() => under.close());

    it('keeps decisions whole, in the order in which they were made', async () => {
      const call = ids.next('call') as CallId;
      const first = decision(call);
      const second = decision(call, {
        at: later(NINE, seconds(4)),
        leg: 'b',
        role: 'agent',
        region: region('unknown'),
        rule: region('unknown'),
        mode: 'opt-in',
        measure: 'opt-in',
        outcome: 'no-answer',
      });
      await Promise.all([under.store.append(first), under.store.append(second)]);
      await under.store.append(decision(ids.next('call') as CallId));
      expect(await under.store.ofCall(ACME, call)).toEqual([first, second]);
    });

    it('keeps what is said of a leg again beside what was said before', async () => {
      const call = ids.next('call') as CallId;
      await under.store.append(decision(call, { outcome: 'interrupted' }));
      await under.store.append(decision(call));
      const kept = await under.store.ofCall(ACME, call);
      expect(kept.map(({ outcome }) => outcome)).toEqual(['interrupted', 'announced']);
    });

    it('shows a tenant nothing of another', async () => {
      const call = ids.next('call') as CallId;
      await under.store.append(decision(call));
      expect(await under.store.ofCall(GLOBEX, call)).toEqual([]);
    });
  });
}
