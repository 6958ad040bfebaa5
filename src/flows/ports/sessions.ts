import type { Did } from '../../domain/numbers/did.js';
import type {
  Participant,
  PartyKey,
  Session,
  SessionId,
  SessionKind,
  SessionStatus,
  TenantId,
} from '../../domain/sessions/session.js';
import type { Instant } from '../../domain/time.js';

/** A participant who has no DID yet, with the DIDs that may be given, best first. */
export interface ParticipantDraft extends Omit<Participant, 'proxyNumber'> {
  readonly candidates: readonly Did[];
}

export interface SessionDraft {
  readonly id: SessionId;
  readonly tenant: TenantId;
  readonly kind: SessionKind;
  readonly reference: string | undefined;
  readonly createdAt: Instant;
  readonly expiresAt: Instant | undefined;
  readonly participants: readonly [ParticipantDraft, ParticipantDraft];
}

export type Opened =
  | { readonly ok: true; readonly session: Session }
  /** Every candidate of this participant (0 or 1) is taken by another of their live sessions. */
  | { readonly ok: false; readonly reason: 'no-free-did'; readonly participant: 0 | 1 };

export interface SessionFilter {
  readonly tenant: TenantId;
  readonly status?: SessionStatus;
  readonly reference?: string;
  /** Sessions strictly older than this id: ids sort by time, so this is the paging cursor. */
  readonly before?: SessionId;
  /** 1 to 100. */
  readonly limit: number;
}

/** On which terms an ended session may be opened again. */
export interface Reopening {
  readonly at: Instant;
  readonly expiresAt: Instant;
  /** How it may have ended; one that has ended otherwise by now stays so. */
  readonly ended: readonly Exclude<SessionStatus, 'open'>[];
  /** One that ended before this stays so. */
  readonly endedAfter: Instant;
  /** The tenant's DIDs: each participant keeps its own, or gets the first that is free for it. */
  readonly dids: readonly Did[];
}

/**
 * Sessions with their bindings. The one hard rule, that (party, DID) names at most one live
 * session, is kept here by a unique index or an atomic script, never by read-then-write.
 */
export interface SessionStore {
  /** Gives each participant its first free candidate and stores both bindings, all or nothing. */
  open(draft: SessionDraft): Promise<Opened>;
  find(tenant: TenantId, id: SessionId): Promise<Session | undefined>;
  /** The newest session with this tenant reference, live ones first. */
  findByReference(tenant: TenantId, reference: string): Promise<Session | undefined>;
  /** The newest session, live or ended, in which this party dials and sees this DID. */
  findByBinding(tenant: TenantId, party: PartyKey, did: Did): Promise<Session | undefined>;
  /** The newest live session of these two parties. */
  findBetween(
    tenant: TenantId,
    a: PartyKey,
    b: PartyKey,
    at: Instant,
  ): Promise<Session | undefined>;
  /** At most `limit` sessions with this case number, live or ended, the newest first. */
  findByCaseNumber(
    tenant: TenantId,
    caseNumber: string,
    limit: number,
  ): Promise<readonly Session[]>;
  /** At most `limit` sessions of whoever has a PIN and dials this DID, the newest first. */
  findWithPin(tenant: TenantId, did: Did, limit: number): Promise<readonly Session[]>;
  list(filter: SessionFilter): Promise<readonly Session[]>;
  /** Ends an open session and frees its bindings. Closing an ended session changes nothing. */
  close(tenant: TenantId, id: SessionId, at: Instant): Promise<Session | undefined>;
  /**
   * Opens an ended session again, all or nothing; one that is live is answered as it is. Undefined
   * when there is none, it ended too long ago, or no DID is free for one of its participants.
   */
  reopen(tenant: TenantId, id: SessionId, how: Reopening): Promise<Session | undefined>;
  /** Marks every session whose time has passed as expired and frees its bindings; answers how many. */
  expireDue(at: Instant): Promise<number>;
}
