import type { Did } from '../numbers/did.js';
import type { Instant } from '../time.js';
import { isLive } from './lifetime.js';
import type { Participant, PartyKey, Session } from './session.js';

/** A session, and which of its two participants a caller is. */
export interface Claim {
  readonly session: Session;
  readonly caller: Participant;
  readonly callee: Participant;
}

/** The claim to be this participant of the session. */
export function claimOf(session: Session, participant: Participant): Claim {
  const [a, b] = session.participants;
  return { session, caller: participant, callee: participant.id === a.id ? b : a };
}

/**
 * As whom a caller is taken who names the session and proves no more: the one whom this DID is for,
 * else the only one who calls from outside. Undefined when that is not sure.
 */
export function claimByCase(session: Session, dialed: Did): Claim | undefined {
  const outside = session.participants.filter(({ reachedBy }) => reachedBy === 'carrier');
  const own = outside.filter(({ proxyNumber }) => proxyNumber === dialed);
  const [only, ...more] = own.length > 0 ? own : outside;
  return only === undefined || more.length > 0 ? undefined : claimOf(session, only);
}

/** Nobody is led to the telephone that they are calling from. */
export const leadsToItself = ({ callee }: Claim, callers: readonly PartyKey[]): boolean =>
  callers.includes(callee.partyKey);

/**
 * The claim that there is no doubt about: the newest, and a live one before one that has ended, where
 * all of them lead from the same party to the same party.
 * @param claims the newest first.
 */
export function theOne(claims: readonly Claim[], at: Instant): Claim | undefined {
  const live = claims.filter(({ session }) => isLive(session, at));
  const [newest, ...more] = live.length > 0 ? live : claims;
  if (newest === undefined) return undefined;
  const same = more.every(
    ({ caller, callee }) =>
      caller.partyKey === newest.caller.partyKey && callee.partyKey === newest.callee.partyKey,
  );
  return same ? newest : undefined;
}
