import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { LightMyRequestResponse } from 'fastify';
import { afterEach } from 'vitest';
import type { Trunk } from '../../src/domain/identity/trunk.js';
import { did } from '../../src/domain/numbers/did.js';
import type { CallId, LegId, LegRecord } from '../../src/domain/records/leg-record.js';
import type { SessionId, TenantId } from '../../src/domain/sessions/session.js';
import type { Tenant } from '../../src/domain/sessions/tenant.js';
import { later, seconds } from '../../src/domain/time.js';
import { recordingHouse } from '../support/recording-house.js';
import { CallProblem } from '../../src/flows/call-problem.js';
import type { CallControl } from '../../src/flows/call-control.js';
import { LiveCalls } from '../../src/flows/live-calls.js';
import { buildHttp } from '../../src/http/build-http.js';
import type { AuditEntry } from '../../src/flows/ports/audit.js';
import type { HttpDeps } from '../../src/http/deps.js';
import type { Dependency } from '../../src/http/readiness.js';
import { openKeyFile } from '../../src/vault/key-file.js';
import { openVault } from '../../src/vault/vault.js';
import { NOT_RECORDED } from '../support/recordings.js';
import { consentPolicy } from '../support/consent-policy.js';
import { ivrPolicy } from '../support/ivr-policy.js';
import { FakeClock } from '../support/fake-clock.js';
import { FixedIds } from '../support/fixed-ids.js';
import { recordingLog, recordingMetrics } from '../support/recording-telemetry.js';
import { sqliteMemory, temporaryDirectory } from '../support/sqlite-places.js';

export const TOKENS = { acme: 'acme-token-0123456789', umbrella: 'umbrella-token-01234' };

/** Numbers that must never come out again. */
export const CUSTOMER = '+14155550123';
export const AGENT = 'sip:1007@pbx.example';

const tenant = (id: string, dids: string[]): Tenant => ({
  id: id as TenantId,
  country: 'US',
  dids: dids.map(did),
  businessNumber: undefined,
  rawDialing: 'refuse',
  emergency: { action: 'refuse' },
  emergencyNumbers: [],
  carrierTrunk: 'carrier',
  pbxTrunk: 'pbx',
  defaultTtl: {
    session: seconds(3600),
    case: undefined,
    customer: undefined,
    agent: undefined,
    static: undefined,
  },
  consent: consentPolicy(),
  recording: NOT_RECORDED,
  ivr: ivrPolicy(),
});

const TENANTS = [
  tenant('acme', ['+12025550100', '+12025550101']),
  tenant('umbrella', ['+12025550102']),
];

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** The API over the real flows, store and vault, with time standing still. */
export function testApi(change: (deps: HttpDeps) => HttpDeps = (deps) => deps) {
  const place = sqliteMemory();
  const directory = temporaryDirectory();
  open.push(() => {
    place.close();
    directory.remove();
  });
  const kept = recordingHouse();
  open.push(() => kept.close());
  const audit: AuditEntry[] = [];
  const calls = new LiveCalls(10);
  const clock = new FakeClock();
  const ids = new FixedIds();
  const log = recordingLog();
  const metrics = recordingMetrics();
  const keys = openKeyFile({ path: join(directory.path, 'vault.key'), createIfMissing: true });
  const vault = openVault({ keys, parties: place.store.parties, ids, clock, metrics });
  const state = {
    draining: false as boolean,
    up: { sip_engine: true, store: true, vault: true, media: true } as Record<Dependency, boolean>,
  };
  const { sessions, records } = place.store;
  const app = buildHttp(
    change({
      house: { sessions, records, vault, ids, clock, metrics, log, directory: directoryOf() },
      calls,
      recordings: {
        ...kept.house,
        audit: { note: (entry) => audit.push(entry) },
      },
      tokens: Object.entries(TOKENS).map(([name, token]) => ({
        tenant: name as TenantId,
        sha256: createHash('sha256').update(token).digest(),
      })),
      originate: () => Promise.reject(new CallProblem('sip-engine-lost')),
      state: () => state,
      metrics: {
        contentType: 'text/plain; version=0.0.4',
        render: () => Promise.resolve('up 1\n'),
      },
      version: '0.0.0-test',
    }),
  );
  const request = (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS' | 'HEAD',
    url: string,
    more: { body?: unknown; token?: string | undefined; headers?: Record<string, string> } = {},
  ): Promise<LightMyRequestResponse> => {
    const token = 'token' in more ? more.token : TOKENS.acme;
    return app.inject({
      method,
      url,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...more.headers,
      },
      ...(more.body !== undefined && { payload: more.body as object }),
    });
  };
  /** A call of acme that goes on; the test plays it. */
  const goesOn = (control: Partial<CallControl> & Pick<CallControl, 'id'>): void => {
    const place = calls.enter('ordinary');
    if (typeof place === 'string') throw new Error(place);
    place.enlist({
      tenant: 'acme' as TenantId,
      sessionId: undefined,
      isEmergency: false,
      recorder: undefined,
      hangUp: () => undefined,
      mute: () => Promise.resolve(),
      sendDigits: () => Promise.resolve(),
      ...control,
    });
  };
  return { app, request, clock, ids, log, state, store: place.store, kept, audit, goesOn };
}

function directoryOf(): HttpDeps['house']['directory'] {
  return {
    tenant: (id) => TENANTS.find((each) => each.id === id),
    tenantOfDid: (wanted) => TENANTS.find((each) => each.dids.includes(wanted)),
    trunk: (): Trunk | undefined => undefined,
  };
}

export type TestApi = ReturnType<typeof testApi>;

export const openBody = (more: Record<string, unknown> = {}) => ({
  participants: [{ number: CUSTOMER, reference: 'customer-7' }, { sip: AGENT }],
  ...more,
});

/** A completed leg of acme, ten seconds from start to answer and 61.5 s of talk. */
export function legRecord(api: TestApi, more: Partial<LegRecord> = {}): LegRecord {
  const startedAt = api.clock.now();
  return {
    legId: api.ids.next('leg') as LegId,
    callId: api.ids.next('call') as CallId,
    leg: 'a',
    direction: 'from_carrier',
    tenant: 'acme' as TenantId,
    sessionId: 'sess_00000000000000000000000777' as SessionId,
    trunk: 'carrier',
    partyRef: undefined,
    proxyNumber: did('+12025550100'),
    consentOutcome: 'announced',
    remoteCountry: 'US',
    sipCallId: 'a84b4c76e66710@carrier.example',
    startedAt,
    ringingAt: later(startedAt, seconds(2)),
    answeredAt: later(startedAt, seconds(10)),
    endedAt: later(startedAt, seconds(71.5)),
    status: 'completed',
    endedBy: 'caller',
    sipStatus: 200,
    q850Cause: 16,
    result: 'success',
    reason: 'caller-hung-up',
    node: 'n1',
    recordingId: undefined,
    ...more,
  };
}
