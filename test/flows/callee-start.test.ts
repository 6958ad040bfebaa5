import { expect, it } from 'vitest';
import type { CallId, LegId, LegRecord } from '../../src/domain/records/leg-record.js';
import { instant } from '../../src/domain/time.js';
import { patientRecords } from '../../src/flows/patient-records.js';
import type { LegRecords } from '../../src/flows/ports/records.js';
import { StoreError } from '../../src/flows/ports/store-error.js';
import { FakeClock } from '../support/fake-clock.js';
import { turns } from '../support/fake-sip-call.js';
import { recordingLog } from '../support/recording-telemetry.js';
import { NINE } from '../support/session-drafts.js';

const CALLER = { legId: 'leg_a', callId: 'call_1', leg: 'a' } as LegRecord;
const CALLEE = { legId: 'leg_b', callId: 'call_1', leg: 'b' } as LegRecord;

function patience() {
  const writes: (readonly [string, LegId, object])[] = [];
  const shelf = { writes, cursed: undefined as LegId | undefined };
  const write = async (how: string, legId: LegId, what: object): Promise<void> => {
    await Promise.resolve();
    if (legId === shelf.cursed) throw new StoreError('full', 'no room');
    writes.push([how, legId, what]);
  };
  const port: Partial<LegRecords> = {
    start: (leg) => write('start', leg.legId, leg),
    update: (legId, change) => write('update', legId, change),
    end: (legId, change) => write('end', legId, change),
  };
  const records = patientRecords(port as LegRecords, new FakeClock(), recordingLog());
  return { shelf, records, told: () => writes.map(([how, legId]) => `${how} ${legId}`) };
}

it('a callee’s leg starts when its own record and the caller’s are written', async () => {
  const { records, told } = patience();
  void records.start(CALLER);
  await records.start(CALLEE);
  expect(told()).toEqual(['start leg_a', 'start leg_b']);
});

it.each([
  ['before', () => turns(1)],
  ['meanwhile', () => Promise.resolve()],
])('a callee’s leg does not start when the caller’s record failed %s', async (_, between) => {
  const { shelf, records, told } = patience();
  shelf.cursed = CALLER.legId;
  const first = expect(records.start(CALLER)).rejects.toThrow(StoreError);
  await between();
  await expect(records.start(CALLEE)).rejects.toMatchObject({ fault: 'full' });
  await first;
  await turns();
  // Its record was on its way together with the caller's, and is not left open.
  expect(told()).toEqual(['start leg_b', 'end leg_b']);
  expect(shelf.writes[1]?.[2]).toMatchObject({ endedAt: NINE, reason: 'store-unavailable' });
});

it('a callee’s leg whose own record fails does not start', async () => {
  const { shelf, records, told } = patience();
  shelf.cursed = CALLEE.legId;
  await records.start(CALLER);
  await expect(records.start(CALLEE)).rejects.toThrow(StoreError);
  expect(told()).toEqual(['start leg_a']);
});

it('a failed record of a caller’s leg is no other call’s matter, nor after its call', async () => {
  const { shelf, records, told } = patience();
  shelf.cursed = CALLER.legId;
  await expect(records.start(CALLER)).rejects.toThrow(StoreError);
  await records.start({ ...CALLEE, callId: 'call_2' as CallId });
  shelf.cursed = undefined;
  await records.end(CALLER.legId, { endedAt: instant(1) });
  await records.start({ ...CALLEE, legId: 'leg_c' as LegId });
  expect(told()).toEqual(['start leg_b', 'end leg_a', 'start leg_c']);
});
