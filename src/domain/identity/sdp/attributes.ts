import type { Crypto, Direction } from '../media-description.js';
import { readCrypto } from './crypto.js';
import type { SdpLine } from './sections.js';

/** The attributes that are read at all; every other a= line ends here. */
export interface MediaAttributes {
  /** Raw values by payload type, still to be checked against the lists. */
  readonly rtpmap: ReadonlyMap<number, string>;
  readonly fmtp: ReadonlyMap<number, string>;
  readonly direction: Direction | undefined;
  readonly ptime: number | undefined;
  readonly maxptime: number | undefined;
  readonly crypto: readonly Crypto[];
  readonly rtcpMux: boolean;
}

const DIRECTIONS: ReadonlySet<string> = new Set<Direction>([
  'sendrecv',
  'sendonly',
  'recvonly',
  'inactive',
]);

// RFC 4568 sets no bound; peers offer one line for each suite they know.
const MOST_CRYPTO = 8;

/** Reads the a= lines of a session or media part; of a repeated one the first counts. */
export function readAttributes(lines: readonly SdpLine[]): MediaAttributes {
  const rtpmap = new Map<number, string>();
  const fmtp = new Map<number, string>();
  const crypto: Crypto[] = [];
  const plain = new Map<string, string>();
  for (const { kind, value } of lines) {
    if (kind !== 'a') continue;
    const { name, rest } = splitAttribute(value);
    if (name === 'rtpmap') keepByPayload(rtpmap, rest);
    else if (name === 'fmtp') keepByPayload(fmtp, rest);
    else if (name === 'crypto' && crypto.length < MOST_CRYPTO) keepCrypto(crypto, rest);
    else if (!plain.has(name)) plain.set(name, rest);
  }
  return {
    rtpmap,
    fmtp,
    crypto,
    direction: [...plain.keys()].find(isDirection),
    ptime: packetTime(plain.get('ptime')),
    maxptime: packetTime(plain.get('maxptime')),
    rtcpMux: plain.has('rtcp-mux'),
  };
}

function splitAttribute(value: string): { name: string; rest: string } {
  const colon = value.indexOf(':');
  return colon < 0
    ? { name: value.trim(), rest: '' }
    : { name: value.slice(0, colon), rest: value.slice(colon + 1).trim() };
}

function keepByPayload(into: Map<number, string>, rest: string): void {
  const space = rest.indexOf(' ');
  const payload = space < 0 ? '' : rest.slice(0, space);
  if (!/^\d{1,3}$/.test(payload) || into.has(Number(payload))) return;
  into.set(Number(payload), rest.slice(space + 1).trim());
}

function keepCrypto(into: Crypto[], rest: string): void {
  const crypto = readCrypto(rest);
  if (crypto !== undefined) into.push(crypto);
}

function isDirection(name: string): name is Direction {
  return DIRECTIONS.has(name);
}

function packetTime(text: string | undefined): number | undefined {
  const value = text !== undefined && /^\d{1,3}$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= 200 ? value : undefined;
}
