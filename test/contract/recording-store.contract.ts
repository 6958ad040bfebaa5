import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallId } from '../../src/domain/records/leg-record.js';
import type { Recording } from '../../src/domain/recordings/recording.js';
import type { RecordingId } from '../../src/domain/recordings/recording-id.js';
import type { SessionId } from '../../src/domain/sessions/session.js';
import { later, seconds } from '../../src/domain/time.js';
import type { RecordingFilter, RecordingStore } from '../../src/flows/ports/recordings.js';
import { recording } from '../support/recordings.js';
import { ACME, GLOBEX, NINE } from '../support/session-drafts.js';
import type { StoreUnderTest } from './session-store.contract.js';

const CALL = 'call_00000000000000000000000001' as CallId;
const SESSION = 'sess_00000000000000000000000001' as SessionId;
const at = later(NINE, seconds(30));

/** What every RecordingStore keeps to, whatever it is made of. */
export function describeRecordingStore(
  name: string,
  start: () => Promise<StoreUnderTest<RecordingStore>>,
): void {
  describe(`RecordingStore over ${name}`, () => {
    let under: StoreUnderTest<RecordingStore>;
    let store: RecordingStore;

    beforeEach(async () => {
      under = await start();
      store = under.store;
    });
    afterEach(() => under.close());

    const added = async (change: Partial<Recording> = {}): Promise<Recording> => {
      const one = recording(change);
      await store.add(one);
      return one;
    };
    const listed = async (filter: Partial<RecordingFilter>): Promise<RecordingId[]> =>
      (await store.list({ tenant: ACME, limit: 100, ...filter })).map(({ id }) => id);

    it('keeps a recording whole', async () => {
      const full = await added({
        sessionId: SESSION,
        agentReference: 'agent 9',
        consent: { a: 'announced', b: 'opted-in' },
      });
      expect(await store.find(ACME, full.id)).toEqual(full);
      const bare = await added({ caseReference: undefined, dids: [], tags: [] });
      expect(await store.find(ACME, bare.id)).toEqual(bare);
    });

    it('shows a tenant its own only, and the house whose a file is', async () => {
      const { id } = await added({ tenant: GLOBEX });
      expect(await store.find(ACME, id)).toBeUndefined();
      expect(await listed({})).toEqual([]);
      expect(await store.owner(id)).toMatchObject({ id, tenant: GLOBEX });
    });

    it('takes each step of a life and answers what it has become', async () => {
      const { id } = await added();
      expect(await store.advance(id, { is: 'paused' })).toMatchObject({ status: 'paused' });
      expect(await store.advance(id, { is: 'resumed' })).toMatchObject({ status: 'recording' });
      const ended = await store.advance(id, { is: 'ended', reason: 'call-ended', at });
      expect(ended).toMatchObject({ status: 'processing', reason: 'call-ended', endedAt: at });
      const sealed = { is: 'sealed', size: 320_044, duration: seconds(10) } as const;
      expect(await store.advance(id, sealed)).toMatchObject({ status: 'available', size: 320_044 });
      expect(await store.find(ACME, id)).toMatchObject({ endedAt: at, duration: seconds(10) });
      expect(await store.advance(id, { is: 'deleted' })).toMatchObject({ status: 'deleted' });
    });

    it('takes no step that does not fit, and changes nothing then', async () => {
      const one = await added();
      for (const is of ['resumed', 'deleted'] as const) {
        expect(await store.advance(one.id, { is })).toBeUndefined();
      }
      const unknown = recording().id;
      expect(await store.advance(unknown, { is: 'paused' })).toBeUndefined();
      expect(await store.find(ACME, one.id)).toEqual(one);
    });

    it('ends a recording once, whoever comes first', async () => {
      const { id } = await added();
      const ends = await Promise.all([
        store.advance(id, { is: 'ended', reason: 'stopped', at }),
        store.advance(id, { is: 'ended', reason: 'call-ended', at }),
      ]);
      expect(ends.filter((end) => end !== undefined)).toHaveLength(1);
    });

    it('refuses a second recording of one id', async () => {
      const one = await added();
      await expect(store.add(one)).rejects.toMatchObject({ fault: 'conflict' });
    });

    it('lists newest first, by call, by session and page by page', async () => {
      const first = await added({ callId: CALL, sessionId: SESSION });
      const second = await added({ callId: CALL });
      const third = await added({ sessionId: SESSION });
      expect(await listed({})).toEqual([third.id, second.id, first.id]);
      expect(await listed({ callId: CALL })).toEqual([second.id, first.id]);
      expect(await listed({ sessionId: SESSION })).toEqual([third.id, first.id]);
      expect(await listed({ callId: CALL, sessionId: SESSION })).toEqual([first.id]);
      expect(await listed({ before: third.id, limit: 1 })).toEqual([second.id]);
    });

    it('knows what a node has not finished, and no other’s', async () => {
      const running = await added();
      const paused = await added();
      await store.advance(paused.id, { is: 'paused' });
      const waiting = await added();
      await store.advance(waiting.id, { is: 'ended', reason: 'stopped', at });
      const failed = await added();
      await store.advance(failed.id, { is: 'failed', reason: 'not-started', at });
      await added({ node: 'n2' });
      const left = await store.unfinished('n1');
      expect(left.map(({ id }) => id)).toEqual([running.id, paused.id, waiting.id]);
    });
  });
}
