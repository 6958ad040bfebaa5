import { did, type Did } from '../../src/domain/numbers/did.js';
import type {
  Participant,
  PartyKey,
  PartyRef,
  SessionId,
  TenantId,
} from '../../src/domain/sessions/session.js';
import { instant, later, minutes, type Instant } from '../../src/domain/time.js';
import type { ParticipantDraft, SessionDraft } from '../../src/flows/ports/sessions.js';
import { FixedIds } from './fixed-ids.js';

/** 2026-12-01T09:00:00Z, where drafts start unless told. */
export const NINE: Instant = instant(Date.UTC(2026, 11, 1, 9));
export const ACME = 'acme' as TenantId;
export const GLOBEX = 'globex' as TenantId;

/** The n-th of as many DIDs as a test wants. */
export const didNo = (n: number): Did => did(`+1415555${String(n).padStart(4, '0')}`);
export const dids = (count: number): readonly Did[] =>
  Array.from({ length: count }, (_, n) => didNo(n));
export const key = (name: string): PartyKey => `key-${name}` as PartyKey;

const ids = new FixedIds();

/** A participant known by a short name. */
export function side(name: string, candidates: readonly Did[] = dids(3)): ParticipantDraft {
  return {
    id: ids.next('part'),
    partyRef: `pty_${name}` as PartyRef,
    partyKey: key(name),
    partialMask: '+1•••••••234',
    reachedBy: 'carrier',
    reference: undefined,
    pin: undefined,
    candidates,
  };
}

/** A draft of a session of an hour; the test names what matters to it. */
export function draft(
  a: ParticipantDraft,
  b: ParticipantDraft,
  change: Partial<SessionDraft> = {},
): SessionDraft {
  const createdAt = change.createdAt ?? NINE;
  return {
    id: ids.next('sess') as SessionId,
    tenant: ACME,
    kind: 'session',
    reference: undefined,
    createdAt,
    expiresAt: later(createdAt, minutes(60)),
    participants: [a, b],
    ...change,
  };
}

/** The participant that a draft becomes with this DID. */
export function withDid(from: ParticipantDraft, proxyNumber: Did): Participant {
  const { id, partyRef, partyKey, partialMask, reachedBy, reference, pin } = from;
  return { id, partyRef, partyKey, partialMask, reachedBy, reference, proxyNumber, pin };
}
