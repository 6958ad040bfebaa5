import type { Address } from '../../src/phones/address.js';

/** Where the load comes from and goes to, and where a system may write. */
export interface Place {
  readonly carrier: Address;
  readonly pbx: Address;
  /** Temporary; removed after the bench. */
  readonly directory: string;
}

/** One party of the load: who calls, which number, and how the callee is addressed on leg B. */
export interface Caller {
  readonly caller: string;
  readonly did: string;
  /** User part of the Request-URI that leaves the system. */
  readonly callee: string;
}

/** A process of the system; its forked workers count with it. */
export interface Part {
  readonly name: string;
  readonly pid: number;
}

/** A system under test, running. */
export interface System {
  readonly sip: Address;
  readonly callers: readonly Caller[];
  readonly parts: readonly Part[];
  stop(): Promise<void>;
}

export interface SystemKind<Name extends string = SystemName> {
  readonly name: Name;
  /** One line for the report: what it is and what it does in a call. */
  readonly about: string;
  /** Version for the report. */
  version(): string;
  /** Why it cannot run here; undefined when it can. */
  missing(): string | undefined;
  start(place: Place): Promise<System>;
}

export const systemNames = ['callveil', 'engine', 'drachtio', 'kamailio'] as const;
export type SystemName = (typeof systemNames)[number];

/** Callveil with other settings than in the table of systems. */
export type AnchoredName = 'direct' | 'anchored' | 'prompted';

/**
 * So many that a caller calls again only after seconds at the rates asked for: enough distinct
 * rows for the store, and each INVITE out has one possible cause.
 */
const CALLERS = 1000;

/** The n-th caller and callee; `did` is what the caller dials in a system that masks nothing. */
export function plainCallers(): Caller[] {
  return Array.from({ length: CALLERS }, (_, i) => {
    const did = `+1202555${String(1000 + i)}`;
    return { caller: `+1415555${String(1000 + i)}`, did, callee: did };
  });
}
