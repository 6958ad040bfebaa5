import {
  compileNeedles,
  inspectMessage,
  type Leak,
  type LegSecrets,
  type Needles,
} from '../domain/identity/leak-guard.js';
import type { Trunk } from '../domain/identity/trunk.js';
import type { PartyAddress } from '../domain/numbers/party-address.js';
import type { SecretsOfCall } from '../flows/ports/sip.js';
import { hostOf } from './name-addr.js';
import type { Traces } from './traces.js';

/** A peer that invents a new name with each message must not make the guard slower and slower. */
const MOST_OF_A_KIND = 128;

export type Side = 'caller' | 'callee';

const other = (side: Side): Side => (side === 'caller' ? 'callee' : 'caller');

const KINDS = ['names', 'addresses', 'callIds', 'tags'] as const;

type Known = Record<(typeof KINDS)[number], Set<string>>;

const nothing = (): Known => ({
  names: new Set(),
  addresses: new Set(),
  callIds: new Set(),
  tags: new Set(),
});

/**
 * The guard of one call: collects what each side gives away of itself, and reads every message to
 * the other side for it. It grows with the call, because a callee tells its tag, its host and its
 * name only in its answers.
 */
export class CallGuard {
  readonly #known: Record<Side, Known> = { caller: nothing(), callee: nothing() };
  /** What is looked for in messages to each side, from the first message to it. */
  readonly #needles = new Map<Side, Needles>();
  #secrets: SecretsOfCall | undefined;

  constructor(private readonly ownAddresses: readonly string[]) {}

  learn(side: Side, traces: Partial<Traces>): void {
    const fresh = this.#note(side, traces);
    if (fresh === undefined) return;
    // One side's secrets are the other's permitted words.
    this.#needles.get(other(side))?.hide(fresh);
    this.#needles.get(side)?.permit(fresh);
  }

  arm(secrets: SecretsOfCall): void {
    this.#secrets = secrets;
    this.#needles.clear();
  }

  /** Reads a message to `side` as it would leave. Before `arm` there is no other side to leak. */
  inspect(side: Side, message: string): Leak | undefined {
    if (this.#secrets === undefined) return undefined;
    let needles = this.#needles.get(side);
    if (needles === undefined) {
      needles = compileNeedles(this.#secretsFrom(side, this.#secrets));
      this.#needles.set(side, needles);
    }
    return inspectMessage(needles, message);
  }

  /** @returns what was not known of the side; undefined when that is nothing. */
  #note(side: Side, traces: Partial<Traces>): Known | undefined {
    const known = this.#known[side];
    let fresh: Known | undefined;
    for (const kind of KINDS) {
      for (const value of traces[kind] ?? []) {
        if (known[kind].has(value) || known[kind].size >= MOST_OF_A_KIND) continue;
        known[kind].add(value);
        fresh ??= nothing();
        fresh[kind].add(value);
      }
    }
    return fresh;
  }

  #secretsFrom(side: Side, secrets: SecretsOfCall): LegSecrets {
    const own = this.#known[side];
    const parties: Record<Side, readonly PartyAddress[]> = {
      caller: secrets.caller,
      callee: [secrets.callee],
    };
    return {
      parties: parties[other(side)],
      directMedia: secrets.directMedia,
      ...this.#known[other(side)],
      permitted: {
        parties: side === 'caller' && secrets.calleeKnownToCaller ? all(secrets) : parties[side],
        dids: secrets.dids,
        names: [...own.names, ...namesShown(secrets.trunks[side])],
        addresses: [...own.addresses, ...hostsOf(secrets.trunks[side]), ...this.ownAddresses],
        callIds: own.callIds,
        tags: own.tags,
      },
    };
  }
}

/** The display name that we show on the trunk, such as the brand: the other party may bear it too. */
const namesShown = ({ identity }: Trunk): string[] =>
  identity.displayName === undefined ? [] : [identity.displayName];

/** Where the trunk is reached and in whose domain we speak there; both parties may be behind it. */
const hostsOf = ({ targets, identity }: Trunk): string[] => [
  ...targets.flatMap((target) => hostOf(target) ?? []),
  ...(identity.domain === undefined ? [] : [identity.domain]),
];

const all = (secrets: SecretsOfCall): PartyAddress[] => [...secrets.caller, secrets.callee];
