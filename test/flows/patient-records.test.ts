import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LegId, LegRecord } from '../../src/domain/records/leg-record.js';
import { instant, millis, seconds } from '../../src/domain/time.js';
import { patientRecords } from '../../src/flows/patient-records.js';
import type { LegRecords, LegUpdate } from '../../src/flows/ports/records.js';
import { StoreError } from '../../src/flows/ports/store-error.js';
import { FakeClock } from '../support/fake-clock.js';
import { turns } from '../support/fake-sip-call.js';
import { recordingLog } from '../support/recording-telemetry.js';

const leg = (name: string): LegId => name as LegId;
const at = (n: number) => ({ endedAt: instant(n) });

/** A store in memory with the rules of the port, which can go away and loses what it was told then. */
class Shelf {
  away = false;
  /** A row that cannot be written, whatever the weather. */
  cursed: LegId | undefined;
  readonly rows = new Map<LegId, Record<string, unknown>>();
  readonly writes: string[] = [];

  readonly port: LegRecords = {
    start: async (record: LegRecord) => {
      if (this.rows.has(record.legId)) throw new StoreError('conflict', 'started before');
      await this.#write(record.legId, 'start', record);
    },
    update: (legId, change) => this.#write(legId, 'update', change),
    end: (legId, change) => this.#write(legId, 'end', change),
    list: () => Promise.resolve([]),
    legsOf: () => Promise.resolve([]),
    endAbandoned: () => Promise.resolve(7),
    countOpen: () => Promise.resolve(3),
  };

  async #write(legId: LegId, how: string, change: object): Promise<void> {
    // As a store in another process would: the answer comes a turn later.
    await Promise.resolve();
    if (this.away || legId === this.cursed) throw new StoreError('busy', 'locked');
    this.writes.push(`${how} ${legId}`);
    const row = this.rows.get(legId) ?? {};
    if (row['endedAt'] === undefined) {
      const told = Object.entries(change).filter(([, value]) => value !== undefined);
      this.rows.set(legId, { ...row, ...Object.fromEntries(told) });
    }
  }
}

function patience() {
  const shelf = new Shelf();
  const clock = new FakeClock();
  const log = recordingLog();
  return { shelf, clock, log, records: patientRecords(shelf.port, clock, log) };
}

const HALF_A_SECOND = millis(500);

describe('records while the store is there', () => {
  it('are handed over at once, each with what is still on its way for its leg', async () => {
    const { shelf, records } = patience();
    void records.update(leg('a'), { status: 'ringing' });
    void records.update(leg('b'), { status: 'ringing' });
    void records.update(leg('a'), { status: 'in-progress' });
    await records.end(leg('a'), at(9));
    expect(shelf.writes).toEqual(['update a', 'update b', 'update a', 'end a']);
    expect(shelf.rows.get(leg('a'))).toEqual({ status: 'in-progress', endedAt: 9 });
  });

  it('pass what is asked and started straight on', async () => {
    const { records } = patience();
    expect(await records.endAbandoned('n1', 'node-crashed', instant(1))).toBe(7);
    expect(await records.countOpen()).toBe(3);
  });
});

describe('records while the store is away', () => {
  it('wait, and nobody waits for them', async () => {
    const { shelf, records, log } = patience();
    shelf.away = true;
    await records.update(leg('a'), { status: 'ringing' });
    await records.end(leg('a'), at(9));
    expect(shelf.rows.size).toBe(0);
    expect(log.lines.map(({ level }) => level)).toEqual(['error']);
  });

  it('do not hide that a leg cannot start', async () => {
    const { shelf, records } = patience();
    shelf.away = true;
    await expect(records.start({ legId: leg('a') } as LegRecord)).rejects.toThrow(StoreError);
  });

  it('of a leg that could not wait begin when it is back, with all that came since', async () => {
    const { shelf, records, clock } = patience();
    shelf.away = true;
    records.startWhenPossible({ legId: leg('a'), node: 'n1' } as LegRecord);
    await records.update(leg('a'), { status: 'in-progress', answeredAt: instant(2) });
    await records.end(leg('a'), at(3));
    shelf.away = false;
    await clock.advanceAsync(HALF_A_SECOND);
    expect(shelf.writes).toEqual(['start a', 'end a']);
    expect(shelf.rows.get(leg('a'))).toMatchObject({ node: 'n1', answeredAt: 2, endedAt: 3 });
  });

  it('of a leg that could not wait begin once, though much is told of it at the same time', async () => {
    const { shelf, records, clock } = patience();
    records.startWhenPossible({ legId: leg('a'), node: 'n1' } as LegRecord);
    await records.update(leg('a'), { status: 'ringing' });
    await records.end(leg('a'), at(3));
    await clock.advanceAsync(HALF_A_SECOND);
    expect(shelf.rows.get(leg('a'))).toMatchObject({ node: 'n1', status: 'ringing', endedAt: 3 });
    expect(clock.pending).toBe(0);
  });

  it('are written when it is back: each leg’s changes as one, its end last', async () => {
    const { shelf, records, clock, log } = patience();
    shelf.away = true;
    await records.update(leg('a'), { status: 'ringing', ringingAt: instant(1) });
    await records.update(leg('b'), { status: 'ringing' });
    await records.update(leg('a'), { status: 'in-progress', answeredAt: instant(2) });
    await records.end(leg('a'), { ...at(3), status: 'completed' });
    await clock.advanceAsync(seconds(3));
    expect(shelf.writes).toEqual([]);
    shelf.away = false;
    await clock.advanceAsync(HALF_A_SECOND);
    expect(shelf.writes).toEqual(['end a', 'update b']);
    expect(shelf.rows.get(leg('a'))).toEqual({
      status: 'completed',
      ringingAt: 1,
      answeredAt: 2,
      endedAt: 3,
    });
    expect(log.lines.map(({ message }) => message)).toEqual([
      'Leg records wait for the store',
      'Leg records that waited are written',
    ]);
    expect(clock.pending).toBe(0);
  });

  it('that fail together are tried again once each, not once for each of them', async () => {
    const { shelf, records, clock } = patience();
    shelf.away = true;
    // Neither knows of the other’s failure when it begins.
    await Promise.all([
      records.update(leg('a'), { status: 'ringing' }),
      records.end(leg('b'), at(1)),
    ]);
    expect(clock.pending).toBe(1);
    shelf.away = false;
    await clock.advanceAsync(HALF_A_SECOND);
    expect(shelf.writes.sort()).toEqual(['end b', 'update a']);
  });

  it('keep their order when the store comes and goes between the two of a leg', async () => {
    const { shelf, records, clock } = patience();
    shelf.away = true;
    const first = records.update(leg('a'), { answeredAt: instant(1) });
    await Promise.resolve();
    shelf.away = false;
    await Promise.all([first, records.end(leg('a'), at(2))]);
    await clock.advanceAsync(seconds(1));
    expect(shelf.rows.get(leg('a'))).toEqual({ answeredAt: 1, endedAt: 2 });
  });

  it('that can never be written hold up no others', async () => {
    const { shelf, records, clock } = patience();
    shelf.cursed = leg('a');
    await records.end(leg('a'), at(1));
    for (const name of ['b', 'c', 'd']) await records.end(leg(name), at(2));
    await clock.advanceAsync(seconds(2));
    expect([...shelf.rows.keys()].sort()).toEqual(['b', 'c', 'd']);
  });

  it('do not let “not said” undo what was said', async () => {
    const { shelf, records, clock } = patience();
    shelf.away = true;
    await records.update(leg('a'), { answeredAt: instant(1) });
    await records.end(leg('a'), { ...at(2), answeredAt: undefined });
    shelf.away = false;
    await clock.advanceAsync(HALF_A_SECOND);
    expect(shelf.rows.get(leg('a'))).toEqual({ answeredAt: 1, endedAt: 2 });
  });

  it('end as they would have without the absence, whenever it comes and goes', async () => {
    type Act =
      | { readonly is: 'away' | 'back' | 'wait' | 'turn' }
      | { is: 'put'; id: LegId; change: LegUpdate; end: boolean };
    const put = fc
      .record({
        id: fc.constantFrom(leg('a'), leg('b'), leg('c')),
        change: fc.oneof(
          fc.nat(99).map((n) => ({ ringingAt: instant(n) })),
          fc.nat(99).map((n) => ({ answeredAt: instant(n) })),
          fc.constantFrom('ringing' as const, 'in-progress' as const).map((status) => ({ status })),
        ),
        end: fc.boolean(),
      })
      .map((act): Act => ({ is: 'put', ...act }));
    const event = fc.constantFrom(
      'away' as const,
      'back' as const,
      'wait' as const,
      'turn' as const,
    );
    const acts = fc.array(
      fc.oneof(
        put,
        put,
        event.map((is): Act => ({ is })),
      ),
      { maxLength: 30 },
    );

    const play = async (records: LegRecords, act: Act, shelf: Shelf, clock: FakeClock) => {
      if (act.is === 'put') {
        if (act.end) void records.end(act.id, { ...act.change, ...at(1000) });
        else void records.update(act.id, act.change);
      } else if (act.is === 'wait') await clock.advanceAsync(HALF_A_SECOND);
      else if (act.is === 'turn') await turns(1);
      else shelf.away = act.is === 'away';
    };

    await fc.assert(
      fc.asyncProperty(acts, async (script) => {
        const { shelf, records, clock } = patience();
        const plain = new Shelf();
        const ended = new Set<LegId>();
        for (const act of script) {
          // A leg ends once and is not heard of again: that is LegLedger's part.
          if (act.is === 'put' && ended.has(act.id)) continue;
          if (act.is === 'put' && act.end) ended.add(act.id);
          await play(records, act, shelf, clock);
          if (act.is === 'put') await play(plain.port, act, plain, clock);
        }
        shelf.away = false;
        await clock.advanceAsync(seconds(2));
        await turns();
        expect(shelf.rows).toEqual(plain.rows);
        expect(clock.pending).toBe(0);
        const ends = shelf.writes.filter((write) => write.startsWith('end'));
        expect(new Set(ends).size).toBe(ends.length);
      }),
      { numRuns: 300 },
    );
  });
});
