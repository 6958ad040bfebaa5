import { Attempts } from '../../src/domain/ivr/attempts.js';
import { did } from '../../src/domain/numbers/did.js';
import type { Tenant } from '../../src/domain/sessions/tenant.js';
import type { Trunk } from '../../src/domain/identity/trunk.js';
import type { LegId, LegRecord } from '../../src/domain/records/leg-record.js';
import { seconds } from '../../src/domain/time.js';
import type { Directory, House } from '../../src/flows/house.js';
import { LiveCalls } from '../../src/flows/live-calls.js';
import { patientRecords } from '../../src/flows/patient-records.js';
import type { LegRecords, LegUpdate } from '../../src/flows/ports/records.js';
import { openVault } from '../../src/vault/vault.js';
import { FakeClock } from './fake-clock.js';
import { FakeMedia } from './fake-media.js';
import { FixedIds } from './fixed-ids.js';
import { recordingLog, recordingMetrics } from './recording-telemetry.js';
import { ACME } from './session-drafts.js';
import { tenant, testKeys } from './session-house.js';
import { sqliteMemory } from './sqlite-places.js';

export const CUSTOMER = '+14155550142';
export const AGENT = 'agent.7731@pbx.example';

export function trunk(change: Partial<Trunk> = {}): Trunk {
  return {
    name: 'carrier',
    role: 'carrier',
    tenant: undefined,
    sources: ['203.0.113.5'],
    listenPort: undefined,
    inboundCredentials: undefined,
    outboundCredentials: undefined,
    targets: ['sip:203.0.113.5'],
    identity: {
      headers: ['from', 'pai'],
      numberFormat: 'e164',
      privacy: undefined,
      domain: undefined,
      displayName: undefined,
    },
    callerIdFrom: ['pai', 'from'],
    aorDomain: undefined,
    country: 'US',
    media: 'direct',
    noAnswerAfter: seconds(60),
    progressWithin: seconds(20),
    sessionExpires: undefined,
    ...change,
  };
}

export const pbxTrunk = (change: Partial<Trunk> = {}): Trunk =>
  trunk({
    name: 'pbx',
    role: 'pbx',
    tenant: ACME,
    sources: ['198.51.100.7'],
    targets: ['sip:198.51.100.7'],
    aorDomain: 'pbx.example',
    ...change,
  });

/** Runs `before` ahead of each call of `real`; what it throws is what the port answers. */
export function watched<Port extends object>(
  real: Port,
  before: (operation: string) => void,
): Port {
  return new Proxy(real, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        try {
          before(String(name));
        } catch (error) {
          const failure = error instanceof Error ? error : new Error(String(error));
          // keyOf is the one operation that answers at once.
          if (name === 'keyOf') throw failure;
          return Promise.reject(failure);
        }
        return (value as (...all: unknown[]) => unknown).apply(target, args);
      };
    },
  });
}

export interface CallHouseOptions {
  readonly tenant?: Partial<Tenant>;
  readonly trunks?: readonly Trunk[];
  readonly maxCalls?: number;
  readonly talkSteps?: House['talkSteps'];
}

export interface CallHouse extends House {
  readonly clock: FakeClock;
  readonly metrics: ReturnType<typeof recordingMetrics>;
  readonly log: ReturnType<typeof recordingLog>;
  readonly calls: LiveCalls;
  readonly media: FakeMedia;
  /** Called before every operation of the store and the vault; throw to make it fail. */
  onPort: (operation: string) => void;
  /** Every leg record that was started, as it was last written, in the order of their start. */
  legs(): Promise<readonly LegRecord[]>;
  /** How many records the store holds open. */
  open(): Promise<number>;
  close(): void;
}

/** Everything a call needs, real but for time, ids and telemetry; the store lives in memory. */
export function callHouse(options: CallHouseOptions = {}): CallHouse {
  const place = sqliteMemory();
  const { store } = place;
  const clock = new FakeClock();
  const ids = new FixedIds();
  const metrics = recordingMetrics();
  const log = recordingLog();
  const calls = new LiveCalls(options.maxCalls ?? 10);
  const before = (operation: string): void => house.onPort(operation);
  const sealed = watched(store.parties, before);
  const written = new Map<LegId, LegRecord>();
  const house: CallHouse = {
    node: 'n1',
    clock,
    ids,
    metrics,
    log,
    calls,
    admission: calls,
    directory: directory(tenant(options.tenant), options.trunks ?? [trunk(), pbxTrunk()]),
    sessions: watched(store.sessions, before),
    vault: watched(openVault({ keys: testKeys(), parties: sealed, ids, clock, metrics }), before),
    media: new FakeMedia(),
    prompts: { sound: (name, language) => ({ is: 'file', path: `/${language}/${name}.wav` }) },
    talkSteps: options.talkSteps ?? [],
    attempts: new Attempts(),
    records: patientRecords(watched(noting(store.records, written), before), clock, log),
    minSessionExpires: 90,
    onPort: () => undefined,
    legs: () => Promise.all([...written.values()].map((leg) => stored(store.records, leg))),
    open: () => store.records.countOpen(),
    close: () => place.close(),
  };
  return house;
}

/** Notes what was written, for a record that belongs to no tenant cannot be read through the port. */
function noting(records: LegRecords, written: Map<LegId, LegRecord>): LegRecords {
  const change = (legId: LegId, more: LegUpdate): void => {
    const leg = written.get(legId);
    if (leg !== undefined && leg.endedAt === undefined) written.set(legId, { ...leg, ...more });
  };
  return {
    ...records,
    start: async (leg) => {
      await records.start(leg);
      written.set(leg.legId, leg);
    },
    update: async (legId, more) => {
      await records.update(legId, more);
      change(legId, more);
    },
    end: async (legId, more) => {
      await records.end(legId, more);
      change(legId, more);
    },
  };
}

async function stored(records: LegRecords, noted: LegRecord): Promise<LegRecord> {
  if (noted.tenant === undefined) return noted;
  const legs = await records.legsOf(noted.tenant, noted.callId);
  return legs.find(({ legId }) => legId === noted.legId) ?? noted;
}

function directory(of: Tenant, trunks: readonly Trunk[]): Directory {
  return {
    tenant: (id) => (id === of.id ? of : undefined),
    tenantOfDid: (candidate) => (of.dids.includes(candidate) ? of : undefined),
    trunk: (name) => trunks.find((each) => each.name === name),
  };
}

export const BUSINESS = did('+14155550003');
