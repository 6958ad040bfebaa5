import { Resolver } from 'node:dns/promises';
import { isNothingThere } from './nothing-there.js';
import { SystemLookup } from './system-lookup.js';

/** RFC 2782. */
export interface SrvRecord {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  /** Empty for ".": the service is decidedly not offered here. */
  readonly name: string;
}

/** RFC 3403 §4.1. */
export interface NaptrRecord {
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly service: string;
  readonly replacement: string;
}

/** What is asked for in order to find a SIP server, and what a record of each type says. */
export interface RecordsByType {
  readonly A: string;
  readonly AAAA: string;
  readonly SRV: SrvRecord;
  readonly NAPTR: NaptrRecord;
}

export type RecordType = keyof RecordsByType;

export interface Answer<T> {
  /** None: the name exists not, or has no record of that type. */
  readonly records: readonly T[];
  /** How long they may be kept in seconds, where the server's word is known. */
  readonly ttlSeconds?: number | undefined;
}

/** Rejects when nobody answers, or not with anything that can be read. */
export type Ask = <T extends RecordType>(
  type: T,
  name: string,
) => Promise<Answer<RecordsByType[T]>>;

/** c-ares waits so long for the first reply and twice as long for the second one. */
const firstReplyMilliseconds = 600;
const tries = 2;

/**
 * Asks name servers through c-ares: random ports and ids, retries, and TCP for truncated answers
 * are its business. It shows the TTL of addresses only. Without servers of our own the system's are
 * asked, and a name they do not know is given to the system's own look-up, which knows search
 * domains (such as those of Kubernetes).
 *
 * @param servers `address` or `address:port`, IPv6 as `[address]:port`; none: the system's
 */
export function nameServers(servers: readonly string[]): Ask {
  const resolver = new Resolver({ timeout: firstReplyMilliseconds, tries });
  if (servers.length > 0) resolver.setServers(servers);
  const viaSystem = servers.length > 0 ? undefined : new SystemLookup();
  const addresses = async (family: 4 | 6, name: string): Promise<Answer<string>> => {
    const resolve =
      family === 4 ? resolver.resolve4.bind(resolver) : resolver.resolve6.bind(resolver);
    const answer = await orNothing(async () => fromAddresses(await resolve(name, { ttl: true })));
    if (answer.records.length > 0) return answer;
    return { records: (await viaSystem?.addresses(family, name)) ?? [] };
  };
  const asked: { [T in RecordType]: (name: string) => Promise<Answer<RecordsByType[T]>> } = {
    A: (name) => addresses(4, name),
    AAAA: (name) => addresses(6, name),
    SRV: (name) => orNothing(async () => ({ records: await resolver.resolveSrv(name) })),
    NAPTR: (name) => orNothing(async () => ({ records: await resolver.resolveNaptr(name) })),
  };
  return (type, name) => asked[type](name);
}

async function orNothing<T>(ask: () => Promise<Answer<T>>): Promise<Answer<T>> {
  try {
    return await ask();
  } catch (error) {
    if (isNothingThere(error)) return { records: [] };
    throw error;
  }
}

function fromAddresses(records: readonly { address: string; ttl: number }[]): Answer<string> {
  const ttlSeconds = Math.min(...records.map(({ ttl }) => ttl));
  return { records: records.map(({ address }) => address), ttlSeconds };
}
