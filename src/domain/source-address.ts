/** An address or block that a trunk's requests come from, in one canonical spelling. */
export interface SourceAddress {
  readonly address: string;
  /** Length of the prefix; all bits of a single address. */
  readonly prefix: number;
  /** Undefined: any. */
  readonly port: number | undefined;
  /** Network bits, address width and port; two spellings of one block have the same key. */
  readonly key: string;
}

const WITH_PORT = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/;

const NOT_A_SOURCE = { problem: 'must be an address or CIDR block with an optional port' };

/**
 * Reads `203.0.113.0/24`, `198.51.100.7:5060`, `2001:db8::/32` or `[2001:db8::1]:5060`.
 * @returns what is wrong with it when it is no such thing.
 */
export function parseSource(text: string): SourceAddress | { readonly problem: string } {
  const { block, port } = split(text);
  if (block === undefined) return NOT_A_SOURCE;
  if (port !== undefined && (port < 1 || port > 65535))
    return { problem: 'has a port above 65535' };
  const [address = '', lengthText, ...more] = block.split('/');
  const bits = more.length > 0 ? undefined : bitsOf(address);
  if (bits === undefined) return NOT_A_SOURCE;
  const length = lengthText === undefined ? bits.length : prefixLength(lengthText, bits.length);
  if (length === undefined) return { problem: `has a prefix length above ${bits.length}` };
  if (bits.slice(length).includes('1')) {
    return { problem: `has bits set beyond its prefix length /${length}` };
  }
  const key = `${bits.slice(0, length)}/${bits.length}:${port ?? 'any'}`;
  return { address, prefix: length, port, key };
}

/** The address or CIDR block of a source without its port. */
export function blockOf(source: string): string | undefined {
  return split(source).block;
}

export const hasPort = (source: string): boolean => split(source).port !== undefined;

/** Whether a block is more than one site has: wider than a /24, or a /48 of IPv6. */
export function isWide(source: string): boolean {
  const [address = '', length] = (blockOf(source) ?? '').split('/');
  return length !== undefined && Number(length) < (address.includes(':') ? 48 : 24);
}

/** An IPv6 address without brackets has no port: its colons could not be told from one. */
function split(text: string): { block?: string | undefined; port?: number | undefined } {
  if (!text.startsWith('[') && text.split(':').length > 2) return { block: text };
  const [, bracketed, plain, port] = WITH_PORT.exec(text) ?? [];
  return { block: bracketed ?? plain, port: port === undefined ? undefined : Number(port) };
}

function prefixLength(text: string, most: number): number | undefined {
  const length = /^\d{1,3}$/.test(text) ? Number(text) : most + 1;
  return length <= most ? length : undefined;
}

/** The address as 32 or 128 binary digits. */
function bitsOf(address: string): string | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) {
    const octets = address.split('.').map(Number);
    return octets.every((octet) => octet <= 255)
      ? octets.map((n) => binary(n, 8)).join('')
      : undefined;
  }
  // The URL parser knows every spelling of IPv6 and answers the canonical one.
  const url = `http://[${address}]/`;
  if (!address.includes(':') || !URL.canParse(url)) return undefined;
  const [head = '', tail] = new URL(url).hostname.slice(1, -1).split('::');
  const left = groups(head);
  const right = groups(tail ?? '');
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => 0);
  return [...left, ...zeros, ...right].map((group) => binary(group, 16)).join('');
}

const groups = (text: string): number[] =>
  text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));

const binary = (value: number, width: number): string => value.toString(2).padStart(width, '0');
