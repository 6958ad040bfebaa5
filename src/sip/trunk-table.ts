import { BlockList, isIP, SocketAddress } from 'node:net';
import type { Trunk } from '../domain/identity/trunk.js';
import { parseSource } from '../domain/source-address.js';

/** Where a request came from and on which of our ports. */
export interface Source {
  readonly address: string;
  readonly port: number;
  readonly localPort: number | undefined;
}

interface Entry {
  readonly trunk: Trunk;
  readonly block: BlockList;
  readonly port: number | undefined;
  /** The longer the prefix, and then the more precise the port, the better the match. */
  readonly rank: number;
}

/**
 * Tells trunks apart by the packet's source, never by anything a sender can write. The list is
 * compiled once; the longest prefix wins, a port beats no port.
 */
export class TrunkTable {
  /** Best first. */
  readonly #entries: readonly Entry[];

  /** @throws RangeError when a source cannot be read; the configuration has told before. */
  constructor(trunks: readonly Trunk[]) {
    this.#entries = trunks
      .flatMap((trunk) => trunk.sources.map((source) => entryOf(trunk, source)))
      .sort((a, b) => b.rank - a.rank);
  }

  /** All trunks that match best: more than one only where credentials must tell them apart. */
  match(source: Source): readonly Trunk[] {
    // A link-local peer comes with its zone, which no list of sources can name.
    const address = source.address.replace(/%.*$/, '');
    if (isIP(address) === 0) return [];
    const family = address.includes(':') ? 'ipv6' : 'ipv4';
    const peer = new SocketAddress({ address, family });
    const best: Entry[] = [];
    for (const entry of this.#entries) {
      const [first] = best;
      if (first !== undefined && first.rank > entry.rank) break;
      if (takes(entry, source) && entry.block.check(peer)) best.push(entry);
    }
    return best.map(({ trunk }) => trunk);
  }
}

const takes = ({ trunk, port }: Entry, source: Source): boolean =>
  (port === undefined || port === source.port) &&
  (trunk.listenPort === undefined || trunk.listenPort === source.localPort);

function entryOf(trunk: Trunk, source: string): Entry {
  const read = parseSource(source);
  if ('problem' in read) throw new RangeError(`source ${source} ${read.problem}`);
  const { address, prefix, port } = read;
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  const bits = family === 'ipv6' ? 128 : 32;
  const block = new BlockList();
  block.addSubnet(address, prefix, family);
  const precision = (port === undefined ? 0 : 2) + (trunk.listenPort === undefined ? 0 : 1);
  return { trunk, block, port, rank: (prefix / bits) * 128 * 4 + precision };
}
