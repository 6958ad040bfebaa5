import { headerOf, type DrachtioMessage } from './drachtio.js';
import { hostOf, readNameAddr, splitAtCommas } from './name-addr.js';

/** What a party's messages tell of it besides its number, and what must not reach the other side. */
export interface Traces {
  readonly names: ReadonlySet<string>;
  readonly addresses: ReadonlySet<string>;
  readonly callIds: ReadonlySet<string>;
  readonly tags: ReadonlySet<string>;
}

/** Fields in which a party speaks of itself. */
const OF_ITSELF: readonly (readonly [string, string?])[] = [
  ['contact', 'm'],
  ['p-asserted-identity'],
  ['p-preferred-identity'],
  ['remote-party-id'],
];

/**
 * Reads what `msg` gives away of its sender. `own` is the field that names the sender (From in its
 * requests, To in its responses), and its tag is the sender's.
 */
export function tracesOf(msg: DrachtioMessage, own: 'from' | 'to', source: string): Traces {
  const names = new Set<string>();
  const addresses = new Set<string>([source]);
  const ownValue = headerOf(msg, own, own === 'from' ? 'f' : 't') ?? '';
  const tag = readNameAddr(ownValue)?.tag;
  // The To of a response is ours but for its tag; only From is the sender's own words.
  if (own === 'from') collect(ownValue, names, addresses);
  for (const [name, compact] of OF_ITSELF) {
    const value = headerOf(msg, name, compact);
    if (value !== undefined) collect(value, names, addresses);
  }
  for (const address of sdpAddresses(msg.body)) addresses.add(address);
  if (own === 'from') for (const host of viaHosts(msg)) addresses.add(host);
  const callId = headerOf(msg, 'call-id', 'i');
  return { names, addresses, tags: setOf(tag), callIds: setOf(callId) };
}

const setOf = (text: string | undefined): Set<string> => new Set(text === undefined ? [] : [text]);

function collect(value: string, names: Set<string>, addresses: Set<string>): void {
  for (const part of splitAtCommas(value)) {
    const addr = readNameAddr(part);
    if (addr?.displayName !== undefined) names.add(addr.displayName);
    const host = addr && hostOf(addr.uri);
    if (host !== undefined) addresses.add(host);
  }
}

/** Hosts of the Via stack of a request: the way it came. */
function viaHosts(msg: DrachtioMessage): string[] {
  const via = headerOf(msg, 'via', 'v') ?? '';
  return splitAtCommas(via).flatMap((hop) => {
    const host = /^SIP\s*\/\s*2\.0\s*\/\s*\w+\s+(?:\[([^\]]+)\]|([^\s:;]+))/i.exec(hop);
    return host?.slice(1).find(Boolean) ?? [];
  });
}

function sdpAddresses(body: string | undefined): string[] {
  if (body === undefined || body === '') return [];
  const found = body.matchAll(/^[co]=.*\bIN IP[46] ([0-9A-Fa-f.:]+)/gm);
  return Array.from(found, (match) => match[1] ?? '').filter(Boolean);
}
