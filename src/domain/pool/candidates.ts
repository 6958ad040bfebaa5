import type { Did } from '../numbers/did.js';
import { didFrom } from '../numbers/dialed-did.js';
import type { PartyAddress } from '../numbers/party-address.js';
import { RealNumber } from '../numbers/real-number.js';
import type { PartyKey, SessionId } from '../sessions/session.js';

/** A side of the session that wants a DID. */
export interface PoolParty {
  readonly key: PartyKey;
  readonly address: PartyAddress;
}

export interface PoolRequest {
  readonly session: SessionId;
  readonly parties: readonly [PoolParty, PoolParty];
  /** The DIDs of the tenant. */
  readonly dids: readonly Did[];
  /** Whether any tenant of this installation owns the DID. */
  readonly isDid: (did: Did) => boolean;
}

export type Candidates =
  | { readonly ok: true; readonly candidates: readonly [readonly Did[], readonly Did[]] }
  /** The participant's own number is a DID: a call to it would only come back to us. */
  | { readonly ok: false; readonly reason: 'participant-is-did'; readonly participant: 0 | 1 }
  /** A caller could not be told from the callee. */
  | { readonly ok: false; readonly reason: 'participants-equal'; readonly participant: 1 };

/**
 * The DIDs that each participant may be given, best first. The two lists are independent: only
 * (participant, DID) has to be unique, so any DID of the tenant will do for either side, and the
 * pool needs no more DIDs than the busiest participant has sessions (docs/adr/0005).
 *
 * Each list starts at a place of its own, drawn from the session and the party: load spreads over
 * the pool, and a participant's next session rarely starts with the DID of the last one, where a
 * late callback would meet a stranger. The same request always gives the same lists.
 */
export function candidatesFor({ session, parties, dids, isDid }: PoolRequest): Candidates {
  const [a, b] = parties;
  if (isOwnDid(a, isDid)) return refuseDid(0);
  if (isOwnDid(b, isDid)) return refuseDid(1);
  if (a.key === b.key) return { ok: false, reason: 'participants-equal', participant: 1 };
  return { ok: true, candidates: [startingFor(session, a, dids), startingFor(session, b, dids)] };
}

function isOwnDid({ address }: PoolParty, isDid: PoolRequest['isDid']): boolean {
  return address instanceof RealNumber && didFrom(address, isDid) !== undefined;
}

function refuseDid(participant: 0 | 1): Candidates {
  return { ok: false, reason: 'participant-is-did', participant };
}

function startingFor(session: SessionId, party: PoolParty, dids: readonly Did[]): readonly Did[] {
  const start = dids.length === 0 ? 0 : spread(`${session}/${party.key}`) % dids.length;
  return [...dids.slice(start), ...dids.slice(0, start)];
}

/**
 * FNV-1a over UTF-16 units with MurmurHash3's finalizer: quick and evenly spread. Not a secret, so
 * nothing stronger is needed; the finalizer matters because ids differ in their last places only.
 */
function spread(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
