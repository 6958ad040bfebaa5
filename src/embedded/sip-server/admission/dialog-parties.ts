import { isIP, SocketAddress } from 'node:net';
import type { Timing } from '../transaction/timing.js';

/** More than are asked in half a minute; beyond it the one asked longest ago is forgotten. */
const mostAwaited = 65_536;

/**
 * Addresses at which the parties of live dialogs say they are, and those asked within a dialog a
 * moment ago: their BYE or their answer may come from there. A party writes what it likes into its
 * Contact and its Record-Route, so none of this outlives the dialog for longer than a transaction.
 */
export class DialogParties {
  readonly #timing: Pick<Timing, 'now'>;
  readonly #awaitMs: number;
  /** Live dialogs by address. */
  readonly #dialogs = new Map<string, number>();
  /** When the wait ends, by address; the earliest first. */
  readonly #awaitedUntil = new Map<string, number>();

  /** `awaitMs`: how long an answer or a repetition may take (64 × T1, RFC 3261 §17). */
  constructor(timing: Pick<Timing, 'now'>, awaitMs: number) {
    this.#timing = timing;
    this.#awaitMs = awaitMs;
  }

  /** A dialog has its party at that host; a name says nothing about where it sends from. */
  came(host: string): void {
    const address = addressOf(host);
    if (address !== undefined) this.#dialogs.set(address, (this.#dialogs.get(address) ?? 0) + 1);
  }

  /** The dialog has ended, or its party has moved. */
  went(host: string): void {
    const address = addressOf(host);
    const count = address === undefined ? undefined : this.#dialogs.get(address);
    if (address === undefined || count === undefined) return;
    if (count > 1) this.#dialogs.set(address, count - 1);
    else {
      this.#dialogs.delete(address);
      this.await(address);
    }
  }

  /** Something is to come from there soon. */
  await(address: string): void {
    const now = this.#timing.now();
    this.#awaitedUntil.delete(address);
    for (const [oldest, until] of this.#awaitedUntil) {
      if (until > now && this.#awaitedUntil.size < mostAwaited) break;
      this.#awaitedUntil.delete(oldest);
    }
    this.#awaitedUntil.set(address, now + this.#awaitMs);
  }

  has(address: string): boolean {
    if (this.#dialogs.has(address)) return true;
    return (this.#awaitedUntil.get(address) ?? -Infinity) > this.#timing.now();
  }
}

/** In the spelling of sockets: a Contact may write an IPv6 address in many ways. */
function addressOf(host: string): string | undefined {
  const version = isIP(host);
  if (version !== 6) return version === 4 ? host : undefined;
  return new SocketAddress({ address: host, family: 'ipv6' }).address;
}
