import type { Did } from '../numbers/did.js';
import type { PartyKey, TenantId } from '../sessions/session.js';
import type { Instant, Millis } from '../time.js';
import type { IvrPolicy } from './ivr-policy.js';

/** Who tries to prove something, and by which number of ours. */
export interface Trier {
  readonly tenant: TenantId;
  /** Undefined: the caller withholds its number. All of these count as one caller. */
  readonly caller: PartyKey | undefined;
  readonly dialed: Did;
}

interface Count {
  failed: number;
  last: Instant;
}

/** Callers that are remembered; whoever has a number for each try meets the limit of the DID. */
const MOST_CALLERS = 10_000;

type Limits = Pick<IvrPolicy, 'attemptsPerCaller' | 'attemptsPerDid' | 'lockFor'>;

/**
 * How often callers have failed to prove who they are, by caller and by DID. A try counts before it
 * is judged, so that many at once are still many; one that succeeds is taken back. Counts are
 * forgotten when nothing has failed for as long as a lock lasts. They are in this process only, by
 * keyed hash: a restart forgets them, and each node has its own.
 */
export class Attempts {
  readonly #callers = new Map<string, Count>();
  /** As many as there are DIDs: nobody can push one of these out. */
  readonly #dids = new Map<Did, Count>();

  /** @returns whether the try may be judged; it counts as failed until `succeeded`. */
  take(trier: Trier, limits: Limits, now: Instant): boolean {
    const key = callerKey(trier);
    const caller = standing(this.#callers.get(key), limits.lockFor, now);
    const did = standing(this.#dids.get(trier.dialed), limits.lockFor, now);
    if (caller >= limits.attemptsPerCaller || did >= limits.attemptsPerDid) return false;
    this.#callers.delete(key);
    this.#callers.set(key, { failed: caller + 1, last: now });
    this.#dids.set(trier.dialed, { failed: did + 1, last: now });
    this.#forgetOldest();
    return true;
  }

  /** The last try was good. Those before still count: a PIN of one's own is no key to others'. */
  succeeded(trier: Trier): void {
    for (const count of [this.#callers.get(callerKey(trier)), this.#dids.get(trier.dialed)]) {
      if (count !== undefined && count.failed > 0) count.failed -= 1;
    }
  }

  #forgetOldest(): void {
    if (this.#callers.size <= MOST_CALLERS) return;
    const [oldest] = this.#callers.keys();
    if (oldest !== undefined) this.#callers.delete(oldest);
  }
}

const callerKey = ({ tenant, caller }: Trier): string => `${tenant}/${caller ?? 'withheld'}`;

const standing = (count: Count | undefined, lockFor: Millis, now: Instant): number =>
  count === undefined || now - count.last >= lockFor ? 0 : count.failed;
