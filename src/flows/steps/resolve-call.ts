import { CallRefused } from '../../domain/calls/verdict.js';
import { did, type Did } from '../../domain/numbers/did.js';
import { didFrom } from '../../domain/numbers/dialed-did.js';
import type { RealNumber } from '../../domain/numbers/real-number.js';
import { resolve, type Resolution } from '../../domain/sessions/resolve.js';
import type { PartyKey, Session, TenantId } from '../../domain/sessions/session.js';
import type { Tenant } from '../../domain/sessions/tenant.js';
import type { House } from '../house.js';
import type { CallUnderWay } from './call-under-way.js';
import type { LateCall } from './late-call.js';
import type { Route } from './route.js';
import { callersOf, routeTo } from './session-route.js';

/**
 * Finds whom a call is for: by the DID dialed and who dials it, and from the PBX also by session,
 * by reference or by a raw number.
 * @returns a late call where there is no way by a DID of a tenant who wants such callers led.
 * @throws CallRefused when there is no way; to a stranger, every "no" looks the same.
 */
export async function resolveCall(call: CallUnderWay, house: House): Promise<Route | LateCall> {
  const { arrival } = call.sip;
  const { dialed } = arrival;
  if (dialed.kind === 'number') {
    const found = findDid(call, dialed.number, house);
    if (found !== undefined) return await byDid(call, found.tenant, found.did, house);
  }
  if (arrival.trunk.role === 'carrier') return await strangersAnswer(call, house);
  const tenant = ownTenant(call, house);
  if (dialed.kind === 'number') return await byRawNumber(call, tenant, dialed.number, house);
  if (dialed.kind === 'text') return await bySessionName(call, tenant, dialed.user, house);
  throw new CallRefused('unknown-number');
}

/** The DID that was dialed; a PBX reaches the DIDs of its own tenant only. */
function findDid(
  call: CallUnderWay,
  number: RealNumber,
  house: House,
): { tenant: Tenant; did: Did } | undefined {
  const { directory } = house;
  const found = didFrom(number, (did) => directory.tenantOfDid(did) !== undefined);
  const tenant = found && directory.tenantOfDid(found);
  if (!tenant) return undefined;
  const { trunk } = call.sip.arrival;
  return trunk.role === 'carrier' || trunk.tenant === tenant.id
    ? { tenant, did: found }
    : undefined;
}

function ownTenant(call: CallUnderWay, house: House): Tenant {
  const { trunk } = call.sip.arrival;
  const tenant = trunk.tenant && house.directory.tenant(trunk.tenant);
  if (!tenant) throw new CallRefused('no-route', `trunk ${trunk.name} has no tenant`);
  return tenant;
}

type Refusal = Extract<Resolution, { ok: false }>;

const NOBODY = 'nobody' as TenantId;
const NO_DID: Did = did('+10000000000');

/** An unknown number costs the same look-up as a known one, so timing tells a stranger nothing. */
async function strangersAnswer(call: CallUnderWay, house: House): Promise<never> {
  for (const caller of callersOf(call, NOBODY, house)) {
    await house.sessions.findByBinding(NOBODY, caller.key, NO_DID);
  }
  throw new CallRefused('unknown-number');
}

async function byDid(
  call: CallUnderWay,
  tenant: Tenant,
  dialed: Did,
  house: House,
): Promise<Route | LateCall> {
  call.callerLedger.know({ tenant: tenant.id, proxyNumber: dialed });
  const found = await firstWay(call, tenant, house, async (caller) => {
    const session = await house.sessions.findByBinding(tenant.id, caller, dialed);
    return resolve(session, dialed, caller, house.clock.now());
  });
  if (!('ok' in found)) return found;
  // An agent is told by the PBX; it knows other ways to whom it wants.
  const wanted = tenant.ivr.when[found.reason] === 'ivr' && call.direction === 'from_carrier';
  if (!wanted) throw new CallRefused(found.reason);
  const former = found.reason === 'unknown-caller' ? undefined : found;
  return { late: found.reason, tenant, dialed, former };
}

async function bySessionName(
  call: CallUnderWay,
  tenant: Tenant,
  name: string,
  house: House,
): Promise<Route> {
  const { sessions, clock } = house;
  const session =
    (await sessions.find(tenant.id, name as Session['id'])) ??
    (await sessions.findByReference(tenant.id, name));
  if (session === undefined) throw new CallRefused('unknown-number');
  const found = await firstWay(call, tenant, house, (caller) => {
    const self = session.participants.find(({ partyKey }) => partyKey === caller);
    return resolve(session, self?.proxyNumber ?? NO_DID, caller, clock.now());
  });
  if ('ok' in found) throw new CallRefused(found.reason);
  return found;
}

/**
 * Asks for each address that the trunk gives of the caller, best evidence first.
 * @returns the most telling "no" when none of them leads anywhere.
 */
async function firstWay(
  call: CallUnderWay,
  tenant: Tenant,
  house: House,
  judge: (caller: PartyKey) => Resolution | Promise<Resolution>,
): Promise<Route | Refusal> {
  let refusal: Refusal = { ok: false, reason: 'unknown-caller' };
  for (const caller of callersOf(call, tenant.id, house)) {
    const resolution = await judge(caller.key);
    if (resolution.ok) return await routeTo(call, tenant, caller.address, resolution, house);
    if (resolution.reason !== 'unknown-caller') refusal = resolution;
  }
  return refusal;
}

/** An agent dials the customer's own number: the session of the two, else the business number. */
async function byRawNumber(
  call: CallUnderWay,
  tenant: Tenant,
  number: RealNumber,
  house: House,
): Promise<Route> {
  if (tenant.rawDialing === 'refuse') throw new CallRefused('raw-dialing-refused');
  const { sessions, vault, directory } = house;
  const calleeKey = vault.keyOf(tenant.id, number);
  for (const caller of callersOf(call, tenant.id, house)) {
    const session = await sessions.findBetween(tenant.id, caller.key, calleeKey, house.clock.now());
    const callee = session?.participants.find(({ partyKey }) => partyKey === calleeKey);
    const self = session?.participants.find(({ partyKey }) => partyKey === caller.key);
    if (session && callee && self) {
      const route = await routeTo(
        call,
        tenant,
        caller.address,
        { session, callee, caller: self },
        house,
      );
      return { ...route, dialedRaw: true };
    }
  }
  const trunk = directory.trunk(tenant.carrierTrunk);
  if (tenant.businessNumber === undefined || !trunk) throw new CallRefused('no-route');
  return {
    tenant,
    sessionId: undefined,
    trunk,
    caller: call.sip.arrival.callers[0],
    callee: number,
    calleeRef: await vault.keep(tenant.id, number),
    callerRef: undefined,
    dialedRaw: true,
    shownToCallee: tenant.businessNumber,
    shownToCaller: tenant.businessNumber,
  };
}
