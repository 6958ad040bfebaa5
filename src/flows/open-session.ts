import { pinFrom } from '../domain/ivr/pin.js';
import { candidatesFor, type PoolParty } from '../domain/pool/candidates.js';
import { lifetimeOf } from '../domain/sessions/lifetime.js';
import type { Session, SessionId, SessionKind, TenantId } from '../domain/sessions/session.js';
import type { Tenant } from '../domain/sessions/tenant.js';
import { seconds, type Instant } from '../domain/time.js';
import type { ParticipantDraft, SessionDraft } from './ports/sessions.js';
import type { SessionHouse } from './session-house.js';
import { SessionProblem } from './session-problem.js';
import { checkReferences } from './steps/check-references.js';
import {
  readParticipant,
  type ParticipantInput,
  type ReadParticipant,
} from './steps/read-participant.js';

export interface OpenSessionInput {
  readonly tenant: TenantId;
  readonly kind: SessionKind;
  /** The tenant's own key, such as an order number. */
  readonly reference?: string | undefined;
  readonly ttlSeconds?: number | undefined;
  readonly participants: readonly [ParticipantInput, ParticipantInput];
}

export interface OpenedSession {
  readonly session: Session;
  /** The PINs that were made, by participant. They are told once, and kept as keyed hashes only. */
  readonly pins: readonly [string | undefined, string | undefined];
}

/**
 * Opens a masked session: each participant gets a DID of their own to dial and to see.
 * @throws SessionProblem when the request is at fault; StoreError, VaultError when we are.
 */
export async function openSession(
  house: SessionHouse,
  input: OpenSessionInput,
): Promise<OpenedSession> {
  const tenant = tenantOf(house, input.tenant);
  const createdAt = house.clock.now();
  const expiresAt = expiryOf(input, tenant, createdAt);
  const [a, b] = readParticipants(input, tenant);
  checkReferences(input.reference, [a, b]);

  const id = house.ids.next('sess') as SessionId;
  const parties = [partyOf(house, tenant, a), partyOf(house, tenant, b)] as const;
  const candidates = candidatesOf(house, tenant, id, input, parties);

  const pins = [pinFor(house, tenant, a), pinFor(house, tenant, b)] as const;
  const draft: SessionDraft = {
    id,
    tenant: tenant.id,
    kind: input.kind,
    reference: input.reference,
    createdAt,
    expiresAt,
    participants: [
      { ...(await draftOf(house, tenant, a, parties[0], pins[0])), candidates: candidates[0] },
      { ...(await draftOf(house, tenant, b, parties[1], pins[1])), candidates: candidates[1] },
    ],
  };
  const opened = await house.sessions.open(draft);
  if (!opened.ok) throw noFreeDid(opened.participant);

  house.metrics.sessionOpened(input.kind);
  house.log.info('session opened', { tenant: tenant.id, sessionId: id, kind: input.kind });
  return { session: opened.session, pins };
}

function tenantOf(house: SessionHouse, id: TenantId): Tenant {
  const tenant = house.directory.tenant(id);
  if (tenant !== undefined) return tenant;
  throw new SessionProblem('unknown-tenant', 'tenant', 'is no tenant of this installation');
}

function expiryOf(input: OpenSessionInput, tenant: Tenant, at: Instant): Instant | undefined {
  const { kind, ttlSeconds } = input;
  const ttl = ttlSeconds === undefined ? undefined : seconds(ttlSeconds);
  const lifetime = lifetimeOf(kind, at, ttl, tenant.defaultTtl[kind]);
  if (lifetime.ok) return lifetime.expiresAt;
  const { least, most } = lifetime.range;
  throw new SessionProblem(
    'bad-ttl',
    'ttl',
    `must be whole seconds, ${least / 1000} to ${most / 1000}`,
  );
}

function readParticipants(
  { participants: [a, b] }: OpenSessionInput,
  tenant: Tenant,
): readonly [ReadParticipant, ReadParticipant] {
  return [
    readParticipant(a, 'participants[0]', tenant),
    readParticipant(b, 'participants[1]', tenant),
  ];
}

function partyOf(house: SessionHouse, tenant: Tenant, { address }: ReadParticipant): PoolParty {
  return { key: house.vault.keyOf(tenant.id, address), address };
}

function candidatesOf(
  house: SessionHouse,
  tenant: Tenant,
  session: SessionId,
  input: OpenSessionInput,
  parties: readonly [PoolParty, PoolParty],
): readonly [ParticipantDraft['candidates'], ParticipantDraft['candidates']] {
  const isDid = (did: Tenant['dids'][number]): boolean =>
    house.directory.tenantOfDid(did) !== undefined;
  const found = candidatesFor({ session, parties, dids: tenant.dids, isDid });
  if (found.ok) return found.candidates;
  const field = fieldOf(input, found.participant);
  if (found.reason === 'participant-is-did') {
    throw new SessionProblem(
      'participant-is-did',
      field,
      'is a proxy number of this installation: give the real number of the participant',
    );
  }
  throw new SessionProblem('participants-equal', field, 'is the address of the other participant');
}

function fieldOf(input: OpenSessionInput, index: 0 | 1): string {
  return `participants[${index}].${'number' in input.participants[index] ? 'number' : 'sip'}`;
}

const pinFor = ({ ids }: SessionHouse, { ivr }: Tenant, { pin }: ReadParticipant) =>
  pin ? pinFrom(ids.random(16), ivr.pinDigits) : undefined;

async function draftOf(
  house: SessionHouse,
  tenant: Tenant,
  { address, reachedBy, reference }: ReadParticipant,
  { key }: PoolParty,
  pin: string | undefined,
): Promise<Omit<ParticipantDraft, 'candidates'>> {
  const id = house.ids.next('part');
  return {
    id,
    partyRef: await house.vault.keep(tenant.id, address),
    partyKey: key,
    partialMask: address.toString(),
    reachedBy,
    reference,
    pin: pin === undefined ? undefined : house.vault.pinHash(tenant.id, id, pin),
  };
}

function noFreeDid(participant: 0 | 1): SessionProblem {
  return new SessionProblem(
    'no-free-did',
    `participants[${participant}]`,
    'already has a live session on every DID of the tenant: close one of them, or add DIDs',
  );
}
