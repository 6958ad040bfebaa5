import type { TcpConnection } from './tcp-connection.js';

type Occupant = Pick<TcpConnection, 'remote' | 'expendable' | 'activeAtMs'>;

/**
 * Which of the streams makes room for a newcomer when there are as many as allowed: the oldest that
 * has not brought a whole message yet or whose caller has closed his side, so that a crowd of silent
 * connections cannot lock the trunks out; else the longest idle one of the address that holds the
 * most, so that no single host can. An address with one stream keeps it, and nobody is displaced by
 * an address that holds as many.
 */
export function whoGoes<T extends Occupant>(
  occupants: Iterable<T>,
  newcomer: string,
): T | undefined {
  const byAddress = new Map<string, T[]>();
  for (const occupant of occupants) {
    if (occupant.expendable) return occupant;
    const { address } = occupant.remote;
    const theirs = byAddress.get(address);
    if (theirs) theirs.push(occupant);
    else byAddress.set(address, [occupant]);
  }
  let greediest: T[] = [];
  for (const theirs of byAddress.values()) if (theirs.length > greediest.length) greediest = theirs;
  const held = byAddress.get(newcomer)?.length ?? 0;
  if (greediest.length <= held + 1) return undefined;
  return greediest.reduce((idlest, one) => (one.activeAtMs < idlest.activeAtMs ? one : idlest));
}
