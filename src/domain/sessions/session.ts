import type { PinHash } from '../ivr/pin.js';
import type { Did } from '../numbers/did.js';
import type { Instant } from '../time.js';

/** How long the relationship lives and what ends it; lifetimes are in lifetime.ts. */
export type SessionKind = 'session' | 'case' | 'customer' | 'agent' | 'static';

export type SessionStatus = 'open' | 'closed' | 'expired';

export type SessionId = string & { readonly brand: 'SessionId' };
export type TenantId = string & { readonly brand: 'TenantId' };

/** The vault's pseudonym of a real number or SIP address within one tenant: `pty_…`. */
export type PartyRef = string & { readonly brand: 'PartyRef' };

/** Keyed hash of a party's canonical address within one tenant: how a caller is recognised. */
export type PartyKey = string & { readonly brand: 'PartyKey' };

export interface Participant {
  /** `part_…` */
  readonly id: string;
  readonly partyRef: PartyRef;
  readonly partyKey: PartyKey;
  /** `+1•••••••234`: all that may be shown of the address. */
  readonly partialMask: string;
  /** Whether the participant is reached through a carrier trunk or through the tenant's PBX. */
  readonly reachedBy: 'carrier' | 'pbx';
  /** Who this is to the tenant (customer id, agent id); never a number. */
  readonly reference: string | undefined;
  /** The DID that this participant dials and sees. */
  readonly proxyNumber: Did;
  /** By which they prove on an unknown telephone who they are; undefined: they have no PIN. */
  readonly pin: PinHash | undefined;
}

export interface Session {
  readonly id: SessionId;
  readonly tenant: TenantId;
  readonly kind: SessionKind;
  /** The tenant's own key for it, such as an order or case number. */
  readonly reference: string | undefined;
  readonly status: SessionStatus;
  readonly createdAt: Instant;
  /** Undefined: lives until it is closed. */
  readonly expiresAt: Instant | undefined;
  readonly closedAt: Instant | undefined;
  readonly participants: readonly [Participant, Participant];
}
