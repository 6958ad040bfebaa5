import { sourceKey } from './source-key.js';
import type { TransportLimits } from './transport-limits.js';

/** Someone who holds a TCP connection of ours: a stream, or a peer still at its handshake. */
export interface Occupant {
  readonly remote: { readonly address: string };
  /** Has not proven to be worth a place yet, or no longer needs it. */
  readonly expendable: boolean;
  /** Monotonic. */
  readonly activeAtMs: number;
  destroy(): void;
}

/** The places of one listener, and who gets one when they are scarce. */
export class StreamRoom<T extends Occupant> {
  readonly #limits: TransportLimits;
  /** In the order in which they came. */
  readonly #occupants = new Set<T>();
  readonly #handshaking = new Set<T>();
  readonly #bySource = new Map<string, Set<T>>();

  constructor(limits: TransportLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#occupants.size;
  }

  [Symbol.iterator](): Iterator<T> {
    return [...this.#occupants].values();
  }

  enter(one: T, handshaking = false): void {
    this.#occupants.add(one);
    if (handshaking) this.#handshaking.add(one);
    const source = sourceKey(one.remote.address);
    const theirs = this.#bySource.get(source);
    if (theirs) theirs.add(one);
    else this.#bySource.set(source, new Set([one]));
  }

  leave(one: T): void {
    if (!this.#occupants.delete(one)) return;
    this.#handshaking.delete(one);
    const source = sourceKey(one.remote.address);
    const theirs = this.#bySource.get(source);
    theirs?.delete(one);
    if (theirs?.size === 0) this.#bySource.delete(source);
  }

  /** Whether a newcomer from that address gets a place, if need be that of another. */
  makeRoom(newcomer: string): boolean {
    const { connections, connectionsPerSource, handshakes } = this.#limits;
    const theirs = this.#bySource.get(sourceKey(newcomer));
    if ((theirs?.size ?? 0) >= connectionsPerSource) {
      return this.#dismiss([...(theirs ?? [])].find((one) => one.expendable));
    }
    // An honest handshake takes milliseconds: the oldest of so many is the least likely to be one.
    const [slowest] = this.#handshaking;
    if (this.#handshaking.size >= handshakes) return this.#dismiss(slowest);
    if (this.#occupants.size < connections) return true;
    return this.#dismiss(whoGoes(this.#occupants, newcomer));
  }

  #dismiss(leaver: T | undefined): boolean {
    if (leaver === undefined) return false;
    this.leave(leaver);
    leaver.destroy();
    return true;
  }
}

/**
 * Which of the streams makes room for a newcomer when there are as many as allowed: the oldest that
 * has not brought a whole message yet or whose caller has closed his side, so that a crowd of silent
 * connections cannot lock the trunks out; else the longest idle one of the source that holds the
 * most, so that no single host can. A source with one stream keeps it, and nobody is displaced by
 * a source that holds as many.
 */
export function whoGoes<T extends Occupant>(
  occupants: Iterable<T>,
  newcomer: string,
): T | undefined {
  const bySource = new Map<string, T[]>();
  for (const occupant of occupants) {
    if (occupant.expendable) return occupant;
    const source = sourceKey(occupant.remote.address);
    const theirs = bySource.get(source);
    if (theirs) theirs.push(occupant);
    else bySource.set(source, [occupant]);
  }
  let greediest: T[] = [];
  for (const theirs of bySource.values()) if (theirs.length > greediest.length) greediest = theirs;
  const held = bySource.get(sourceKey(newcomer))?.length ?? 0;
  if (greediest.length <= held + 1) return undefined;
  return greediest.reduce((idlest, one) => (one.activeAtMs < idlest.activeAtMs ? one : idlest));
}
