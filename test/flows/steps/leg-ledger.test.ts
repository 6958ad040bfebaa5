import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verdict } from '../../../src/domain/calls/verdict.js';
import { did } from '../../../src/domain/numbers/did.js';
import type { CallId } from '../../../src/domain/records/leg-record.js';
import { later, seconds } from '../../../src/domain/time.js';
import { StoreError } from '../../../src/flows/ports/store-error.js';
import { LegLedger } from '../../../src/flows/steps/leg-ledger.js';
import { callHouse, type CallHouse } from '../../support/call-house.js';
import { turns } from '../../support/fake-sip-call.js';
import { ACME, NINE } from '../../support/session-drafts.js';

let house: CallHouse;
beforeEach(() => {
  house = callHouse();
});
afterEach(() => house.close());

const open = (): Promise<LegLedger> =>
  LegLedger.open(
    {
      callId: house.ids.next('call') as CallId,
      leg: 'a',
      direction: 'from_carrier',
      tenant: ACME,
      sessionId: undefined,
      trunk: 'carrier',
      partyRef: undefined,
      proxyNumber: undefined,
      remoteCountry: undefined,
      sipCallId: 'sip-call-id',
    },
    'ordinary',
    house,
  );

async function written(): Promise<unknown> {
  await turns();
  return (await house.legs())[0];
}

const counted = (name: string): number =>
  house.metrics.calls.filter(([metric]) => metric === name).length;

describe('the record of a leg', () => {
  it('is a draft as soon as the leg starts', async () => {
    const ledger = await open();
    expect(await written()).toMatchObject({
      legId: ledger.legId,
      status: 'initiated',
      startedAt: NINE,
      endedAt: undefined,
      node: 'n1',
      sipCallId: 'sip-call-id',
    });
  });

  it('starts no leg when the draft cannot be written', async () => {
    house.onPort = () => {
      throw new StoreError('full', 'no room');
    };
    await expect(open()).rejects.toThrow(StoreError);
    expect(counted('legStarted')).toBe(0);
  });

  it('tells when it rang first, was answered and ended, and how', async () => {
    const ledger = await open();
    house.clock.advance(seconds(2));
    ledger.ringing();
    house.clock.advance(seconds(3));
    ledger.ringing();
    ledger.answered();
    house.clock.advance(seconds(60));
    ledger.end(verdict('callee-hung-up'), 'callee', undefined);
    expect(await written()).toMatchObject({
      ringingAt: later(NINE, seconds(2)),
      answeredAt: later(NINE, seconds(5)),
      endedAt: later(NINE, seconds(65)),
      status: 'completed',
      endedBy: 'callee',
      sipStatus: 200,
      q850Cause: 16,
      result: 'success',
      reason: 'callee-hung-up',
    });
    expect(ledger.talkedFor(house.clock.now())).toBe(seconds(60));
  });

  it('writes the first ring and not the five hundred after it', async () => {
    const ledger = await open();
    let updates = 0;
    house.onPort = () => (updates += 1);
    for (let i = 0; i < 500; i += 1) ledger.ringing();
    await turns();
    expect(updates).toBe(1);
  });

  it('keeps the peer’s own status, or that of the verdict when it never said one', async () => {
    (await open()).end(verdict('callee-busy'), 'callee', 600);
    (await open()).end(verdict('trunk-silent'), 'system', undefined);
    await turns();
    expect(await house.legs()).toMatchObject([
      { sipStatus: 600, status: 'busy', q850Cause: 17 },
      { sipStatus: 504, status: 'failed', q850Cause: 102 },
    ]);
  });

  it('ends once: the first verdict counts, on the record and in the gauge', async () => {
    const ledger = await open();
    ledger.end(verdict('caller-cancelled'), 'caller', undefined);
    ledger.end(verdict('internal-error'), 'system', undefined);
    ledger.answered();
    ledger.ringing();
    ledger.know({ proxyNumber: did('+12025561000') });
    expect(await written()).toMatchObject({
      reason: 'caller-cancelled',
      status: 'canceled',
      answeredAt: undefined,
      proxyNumber: undefined,
    });
    expect(counted('legEnded')).toBe(1);
    expect(ledger.talkedFor(house.clock.now())).toBeUndefined();
  });

  it('outlasts a store that is away while the leg lives and ends', async () => {
    const ledger = await open();
    house.onPort = () => {
      throw new StoreError('busy', 'locked');
    };
    ledger.answered();
    ledger.end(verdict('caller-hung-up'), 'caller', undefined);
    expect(await written()).toMatchObject({ status: 'initiated' });
    house.onPort = () => undefined;
    await house.clock.advanceAsync(seconds(1));
    expect(await written()).toMatchObject({ status: 'completed', answeredAt: NINE, endedAt: NINE });
  });
});
