/** Why a message or a stream was let go without a word. */
export const dropReasons = [
  ...(['stranger', 'rate', 'scanner', 'noise'] as const),
  ...(['full', 'handshake', 'origin', 'silent'] as const),
] as const;
export type DropReason = (typeof dropReasons)[number];

/** Why a new request was answered 503 without asking an application. */
export const refusalReasons = ['overload', 'full'] as const;
export type RefusalReason = (typeof refusalReasons)[number];

/** Sources named between two reports; of a crowd the first ones stand for all. */
const mostNamed = 16;

/** A source that was turned away, for the log: an address of the network, never a number. */
export interface BlockedSource {
  readonly address: string;
  readonly reason: DropReason;
  readonly count: number;
}

/** What the engine has not let in, counted since it started. */
export class Tally {
  readonly dropped: Record<DropReason, number> = {
    stranger: 0,
    rate: 0,
    scanner: 0,
    noise: 0,
    full: 0,
    handshake: 0,
    origin: 0,
    silent: 0,
  };
  readonly refused: Record<RefusalReason, number> = { overload: 0, full: 0 };
  #blocked = new Map<string, { address: string; reason: DropReason; count: number }>();

  drop(reason: DropReason, address: string): void {
    this.dropped[reason] += 1;
    const key = `${reason} ${address}`;
    const known = this.#blocked.get(key);
    if (known !== undefined) known.count += 1;
    else if (this.#blocked.size < mostNamed) {
      this.#blocked.set(key, { address, reason, count: 1 });
    }
  }

  refuse(reason: RefusalReason): void {
    this.refused[reason] += 1;
  }

  /** The sources turned away since this was last asked. */
  takeBlocked(): BlockedSource[] {
    if (this.#blocked.size === 0) return [];
    const taken = [...this.#blocked.values()];
    this.#blocked = new Map();
    return taken;
  }
}
