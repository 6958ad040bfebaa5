import { BlockList, isIP } from 'node:net';

/** Verdicts kept; whoever sends from more addresses than that has them looked up again. */
const mostKept = 16_384;

/** The addresses and CIDR blocks of known peers. Ports do not matter here: see the trunk's own rules. */
export class AllowList {
  readonly #list = new BlockList();
  /** Asking the list costs a microsecond or two, asking this next to nothing. */
  readonly #verdicts = new Map<string, boolean>();

  /** @throws RangeError when an entry is neither an address nor a CIDR block. */
  constructor(entries: readonly string[]) {
    for (const entry of entries) this.#add(entry);
  }

  has(address: string): boolean {
    const known = this.#verdicts.get(address);
    if (known !== undefined) return known;
    if (this.#verdicts.size >= mostKept) this.#verdicts.clear();
    const verdict = this.#lookUp(address);
    this.#verdicts.set(address, verdict);
    return verdict;
  }

  #add(entry: string): void {
    const [address = '', length, ...more] = entry.split('/');
    const version = isIP(address);
    const whole = version === 6 ? 128 : 32;
    const prefix = length === undefined ? whole : Number(length);
    if (version === 0 || more.length > 0 || !(prefix >= 0 && prefix <= whole)) {
      throw new RangeError(`${entry} is neither an address nor a CIDR block`);
    }
    this.#list.addSubnet(address, prefix, version === 6 ? 'ipv6' : 'ipv4');
  }

  #lookUp(address: string): boolean {
    const bare = address.replace(/%.*$/, '');
    const version = isIP(bare);
    return version !== 0 && this.#list.check(bare, version === 6 ? 'ipv6' : 'ipv4');
  }
}
