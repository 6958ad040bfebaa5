import type { Caller } from '../systems/system.js';
import type { SeenInvite } from './capture.js';

export interface SetupDelay {
  /** From the INVITE in to the INVITE out, in ms. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly calls: number;
  /** INVITEs that came in and never went out. */
  readonly neverOut: number;
  /** INVITEs that SIPp, or the system, sent again. */
  readonly repeatedIn: number;
  readonly repeatedOut: number;
}

/**
 * Pairs each INVITE in with the INVITE out that it caused. Nothing in a masked leg names the other
 * one, so they are paired by what was agreed beforehand: who calls whom. A caller of the list calls
 * again only after the whole list, so the newest INVITE in of that caller is the cause.
 */
export function setupDelay(
  invites: readonly SeenInvite[],
  callers: readonly Caller[],
): SetupDelay | undefined {
  const callerOf = new Map(callers.map((each) => [each.callee, each.caller]));
  const known = { in: new Set<string>(), out: new Set<string>() };
  const waiting = new Map<string, number>();
  const delays: number[] = [];
  const repeated = { in: 0, out: 0 };
  for (const invite of invites) {
    const way = invite.fromSystem ? 'out' : 'in';
    if (known[way].has(invite.callId)) {
      repeated[way] += 1;
      continue;
    }
    known[way].add(invite.callId);
    const caller = invite.fromSystem ? callerOf.get(invite.dialed) : invite.caller;
    if (caller === undefined) continue;
    const since = waiting.get(caller);
    if (!invite.fromSystem) waiting.set(caller, invite.atMs);
    else if (since !== undefined && waiting.delete(caller)) delays.push(invite.atMs - since);
  }
  if (delays.length === 0) return undefined;
  delays.sort((a, b) => a - b);
  return {
    p50Ms: quantile(delays, 0.5),
    p99Ms: quantile(delays, 0.99),
    maxMs: delays.at(-1) ?? 0,
    calls: delays.length,
    neverOut: known.in.size - delays.length,
    repeatedIn: repeated.in,
    repeatedOut: repeated.out,
  };
}

/** Nearest rank: a value that was really measured. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
