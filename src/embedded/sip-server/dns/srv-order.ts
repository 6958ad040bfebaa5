import type { SrvRecord } from './name-server.js';

/** A number from 0 up to but not including 1. */
export type Random = () => number;

/**
 * The order in which the servers of a service are tried (RFC 2782): lower priorities first, and
 * within one priority by chance, in proportion to the weights. Drawn anew for each request, which
 * is what spreads the load.
 */
export function inSrvOrder(records: readonly SrvRecord[], random: Random): SrvRecord[] {
  const ordered: SrvRecord[] = [];
  const priorities = [...new Set(records.map(({ priority }) => priority))].sort((a, b) => a - b);
  for (const priority of priorities) {
    const left = records.filter((record) => record.priority === priority);
    // Weight 0 stands first, which gives it its small chance.
    left.sort((a, b) => Math.sign(a.weight) - Math.sign(b.weight));
    while (left.length > 0) ordered.push(...left.splice(drawn(left, random), 1));
  }
  return ordered;
}

/** RFC 2782, "Weight": the first whose running sum reaches a number from 0 to the sum of all. */
function drawn(records: readonly SrvRecord[], random: Random): number {
  const sum = records.reduce((total, { weight }) => total + weight, 0);
  const wanted = Math.floor(random() * (sum + 1));
  let running = 0;
  return records.findIndex(({ weight }) => {
    running += weight;
    return running >= wanted;
  });
}
