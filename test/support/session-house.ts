import { createSecretKey } from 'node:crypto';
import { did, type Did } from '../../src/domain/numbers/did.js';
import type { Tenant } from '../../src/domain/sessions/tenant.js';
import type { SessionHouse } from '../../src/flows/session-house.js';
import type { SqliteStore } from '../../src/store/sqlite/open.js';
import type { FileKey, VaultKeys } from '../../src/vault/key-file.js';
import { openVault } from '../../src/vault/vault.js';
import { NOT_RECORDED } from './recordings.js';
import { consentPolicy } from './consent-policy.js';
import { ivrPolicy } from './ivr-policy.js';
import { FakeClock } from './fake-clock.js';
import { FixedIds } from './fixed-ids.js';
import { recordingLog, recordingMetrics } from './recording-telemetry.js';
import { ACME, GLOBEX } from './session-drafts.js';

export interface TestHouse extends SessionHouse {
  readonly clock: FakeClock;
  readonly metrics: ReturnType<typeof recordingMetrics>;
  readonly log: ReturnType<typeof recordingLog>;
}

export function tenant(change: Partial<Tenant> = {}): Tenant {
  return {
    id: ACME,
    country: 'US',
    dids: [did('+14155550001'), did('+14155550002'), did('+14155550003')],
    businessNumber: undefined,
    rawDialing: 'refuse',
    emergency: { action: 'refuse' },
    emergencyNumbers: [],
    carrierTrunk: 'carrier',
    pbxTrunk: 'pbx',
    defaultTtl: {
      session: undefined,
      case: undefined,
      customer: undefined,
      agent: undefined,
      static: undefined,
    },
    consent: consentPolicy(),
    recording: NOT_RECORDED,
    ivr: ivrPolicy(),
    ...change,
  };
}

const OTHER = tenant({ id: GLOBEX, country: 'DE', dids: [did('+4930901820001')] });

/** Keys that are the same in every run; `seed` makes another file. */
export function testKeys(seed = 7, versions: readonly number[] = [1]): VaultKeys {
  const all = versions.map((version): FileKey => {
    return { version, secret: createSecretKey(Buffer.alloc(32, seed + version)) };
  });
  const byVersion = new Map(all.map((each) => [each.version, each]));
  return { lookup: all[0]!, current: all.at(-1)!, byVersion };
}

/** The real parts of session stories over a store, with time and ids in the test's hand. */
export function sessionHouse(
  store: SqliteStore,
  tenants: readonly Tenant[] = [tenant(), OTHER],
): TestHouse {
  const clock = new FakeClock();
  const ids = new FixedIds();
  const metrics = recordingMetrics();
  const vault = openVault({ keys: testKeys(), parties: store.parties, ids, clock, metrics });
  return {
    sessions: store.sessions,
    vault,
    ids,
    clock,
    metrics,
    log: recordingLog(),
    directory: {
      tenant: (id) => tenants.find((each) => each.id === id),
      tenantOfDid: (of: Did) => tenants.find((each) => each.dids.includes(of)),
      trunk: () => undefined,
    },
  };
}
