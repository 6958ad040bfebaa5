import { isIP } from 'node:net';
import type { Hop, TransportProtocol } from '../message/sip-message.js';
import type { Timing } from '../transaction/timing.js';
import { HostsFile } from './hosts-file.js';
import type { Ask, NaptrRecord, SrvRecord } from './name-server.js';
import { RecordCache } from './record-cache.js';
import { inSrvOrder, type Random } from './srv-order.js';

/** What a URI says of where it points. A hop is one that leaves nothing open. */
export interface Destination {
  /** Of its transport parameter. */
  readonly protocol?: TransportProtocol | undefined;
  /** An address or a name. */
  readonly address: string;
  readonly port?: number | undefined;
  /** Whether only an encrypted transport will do: a sips URI. */
  readonly secure?: boolean | undefined;
  /** The name that the peer's certificate must speak for, where it is not the address itself. */
  readonly domain?: string | undefined;
}

/** How DNS speaks of a transport (RFC 3263 §4.1). */
interface Service {
  readonly naptr?: string;
  readonly srv?: string;
  readonly port: number;
}

const services: Readonly<Record<TransportProtocol, Service>> = {
  udp: { naptr: 'SIP+D2U', srv: '_sip._udp.', port: 5060 },
  tcp: { naptr: 'SIP+D2T', srv: '_sip._tcp.', port: 5060 },
  tls: { naptr: 'SIPS+D2T', srv: '_sips._tcp.', port: 5061 },
  // Browsers call us, and whoever is called over a WebSocket is named by its URI.
  ws: { port: 80 },
  wss: { port: 443 },
};

/** The order in which they are asked for when the domain states none. */
const preferred = {
  plain: ['udp', 'tcp', 'tls'],
  secure: ['tls'],
} as const;

/** What is worth trying for one request; nobody waits for more. */
const mostHops = 16;
const mostHosts = 8;
const mostNaptrs = 4;

export interface LocatorOptions {
  readonly timing: Timing;
  readonly ask: Ask;
  /** Whether we have a socket for the protocol and the family of an address. */
  readonly usable: (hop: Hop) => boolean;
  readonly random?: Random;
  readonly hostsFile?: HostsFile;
}

type Located = (hops: readonly Hop[]) => void;

/** Finds the servers of a SIP URI: RFC 3263 §4, in the order in which they are to be tried. */
export class ServerLocator {
  readonly #timing: Timing;
  readonly #usable: (hop: Hop) => boolean;
  readonly #random: Random;
  readonly #hostsFile: HostsFile;
  readonly #records: RecordCache;

  constructor(options: LocatorOptions) {
    this.#timing = options.timing;
    this.#usable = options.usable;
    this.#random = options.random ?? Math.random;
    this.#hostsFile = options.hostsFile ?? new HostsFile();
    this.#records = new RecordCache(options.timing, options.ask);
  }

  /** Calls back at once when there is nothing to look up; with no hop when none is to be found. */
  locate(destination: Destination, located: Located): void {
    const { address } = destination;
    if (isIP(address) !== 0) {
      located([hopOf(destination, address)]);
      return;
    }
    const found: Located = (hops) => located(hops.slice(0, mostHops));
    const listed = this.#hostsFile.addresses(address, this.#timing.now());
    if (listed.length > 0) found(this.#reachable(destination, listed));
    else if (destination.port !== undefined) this.#byAddress(destination, found);
    else if (destination.protocol === undefined) this.#byNaptr(destination, found);
    else this.#bySrv(destination, [destination.protocol], found);
  }

  /** RFC 3263 §4.1: the domain's own choice of transport. */
  #byNaptr(destination: Destination, found: Located): void {
    const ours = this.#protocols(destination);
    this.#records.get('NAPTR', destination.address, (records) => {
      const chosen = inNaptrOrder(records).flatMap((record) => serviceOf(record, ours) ?? []);
      if (chosen.length === 0) this.#bySrv(destination, ours, found);
      else {
        this.#firstService(destination, chosen.slice(0, mostNaptrs), found, () => {
          found([]);
        });
      }
    });
  }

  /** RFC 3263 §4.1 and §4.2: the service of a transport, or else the host of that name. */
  #bySrv(destination: Destination, protocols: readonly TransportProtocol[], found: Located): void {
    const asked = protocols.flatMap((protocol) => {
      const { srv } = services[protocol];
      return srv === undefined ? [] : { protocol, name: srv + destination.address };
    });
    this.#firstService(destination, asked, found, () => this.#byAddress(destination, found));
  }

  /** The servers of the first service that exists; all are asked for at once. */
  #firstService(
    destination: Destination,
    asked: readonly { protocol: TransportProtocol; name: string }[],
    found: Located,
    none: () => void,
  ): void {
    each(
      asked,
      ({ name }, got: (records: readonly SrvRecord[]) => void) => {
        this.#records.get('SRV', name, got);
      },
      (answers) => {
        const at = answers.findIndex((records) => records.length > 0);
        const service = asked[at];
        if (service === undefined) none();
        else this.#ofService({ ...destination, ...service }, answers[at] ?? [], found);
      },
    );
  }

  #ofService(destination: Destination, records: readonly SrvRecord[], found: Located): void {
    const offered = records.filter(({ name, port }) => name !== '' && name !== '.' && port > 0);
    const hosts = inSrvOrder(offered, this.#random).slice(0, mostHosts);
    each(
      hosts,
      ({ name: address, port }, got: Located) => {
        // RFC 5922 §4: a certificate speaks for the domain that was asked for, not for its servers.
        const domain = destination.address;
        this.#byAddress({ ...destination, address, port, domain }, got);
      },
      (hops) => found(hops.flat()),
    );
  }

  /** RFC 3263 §4.2, IPv6 before IPv4 as RFC 7984 §4 has it, of the families we can use at all. */
  #byAddress(destination: Destination, found: Located): void {
    const families = ([6, 4] as const).filter((family) =>
      this.#usable(hopOf(destination, family === 6 ? '2001:db8::1' : '192.0.2.1')),
    );
    each(
      families,
      (family, got: (addresses: readonly string[]) => void) => {
        this.#records.get(family === 6 ? 'AAAA' : 'A', destination.address, got);
      },
      (addresses) => found(this.#reachable(destination, addresses.flat())),
    );
  }

  #reachable(destination: Destination, addresses: readonly string[]): Hop[] {
    const hops = addresses.map((address) => hopOf(destination, address));
    return hops.filter((hop) => this.#usable(hop));
  }

  /** What we can use of what may be used. */
  #protocols({ secure }: Destination): readonly TransportProtocol[] {
    return preferred[secure === true ? 'secure' : 'plain'].filter((protocol) =>
      ['192.0.2.1', '2001:db8::1'].some((address) =>
        this.#usable({ protocol, address, port: services[protocol].port }),
      ),
    );
  }
}

function serviceOf(
  record: NaptrRecord,
  ours: readonly TransportProtocol[],
): { protocol: TransportProtocol; name: string } | undefined {
  if (record.flags.toLowerCase() !== 's') return undefined;
  const service = record.service.toUpperCase();
  const protocol = ours.find((one) => services[one].naptr === service);
  return protocol && { protocol, name: record.replacement };
}

/** Where nothing else is said: UDP or TLS, and the port of the transport (RFC 3263 §4). */
function hopOf(destination: Destination, address: string): Hop {
  const { secure, protocol = secure === true ? 'tls' : 'udp' } = destination;
  const port = destination.port ?? services[protocol].port;
  const domain = destination.domain ?? destination.address;
  const named = (protocol === 'tls' || protocol === 'wss') && isIP(domain) === 0;
  return { protocol, address, port, ...(named && { domain }) };
}

function inNaptrOrder(records: readonly NaptrRecord[]): NaptrRecord[] {
  return [...records].sort((a, b) => a.order - b.order || a.preference - b.preference);
}

/** Asks for all at once and goes on when the last has been answered, at once if there is none. */
function each<T, R>(
  items: readonly T[],
  ask: (item: T, got: (result: R) => void) => void,
  done: (results: R[]) => void,
): void {
  const results: R[] = [];
  let left = items.length;
  if (left === 0) done(results);
  items.forEach((item, at) => {
    ask(item, (result) => {
      results[at] = result;
      left -= 1;
      if (left === 0) done(results);
    });
  });
}
