/** An IP literal in canonical form (RFC 5952 for IPv6). */
export interface IpAddress {
  readonly family: 'IP4' | 'IP6';
  readonly text: string;
}

/**
 * Reads an IP literal, `[…]` around IPv6 allowed. Undefined for everything else: host names,
 * zones, octets with leading zeros, which some stacks read as octal.
 */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (text.length > 47) return undefined;
  if (isIpv4(text)) return { family: 'IP4', text };
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  const groups = ipv6Groups(bare.toLowerCase());
  return groups && { family: 'IP6', text: compress(groups) };
}

const OCTET = '(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
const IPV4 = new RegExp(`^${OCTET}\\.${OCTET}\\.${OCTET}\\.${OCTET}$`);

const isIpv4 = (text: string): boolean => IPV4.test(text);

function ipv6Groups(text: string): number[] | undefined {
  if (!/^[0-9a-f:.]{2,45}$/.test(text)) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half, index) => groupsOf(half, index === halves.length - 1));
  if (head === undefined) return undefined;
  if (halves.length === 1) return head.length === 8 ? head : undefined;
  if (tail === undefined || head.length + tail.length > 7) return undefined;
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

/** An IPv4 address may stand at the very end (RFC 4291 §2.2). */
function groupsOf(half: string, atEnd: boolean): number[] | undefined {
  if (half === '') return [];
  const groups: number[] = [];
  const parts = half.split(':');
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else if (atEnd && index === parts.length - 1 && isIpv4(part))
      groups.push(...embeddedIpv4(part));
    else return undefined;
  }
  return groups;
}

function embeddedIpv4(text: string): number[] {
  const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number);
  return [a * 256 + b, c * 256 + d];
}

/** RFC 5952 §4: lower case, no leading zeros, the first longest run of two or more zeros as `::`. */
function compress(groups: readonly number[]): string {
  let best = { start: 0, length: 1 };
  for (let start = 0; start < 8; start += 1) {
    let length = 0;
    while (groups[start + length] === 0) length += 1;
    if (length > best.length) best = { start, length };
  }
  const hex = groups.map((group) => group.toString(16));
  if (best.length < 2) return hex.join(':');
  const head = hex.slice(0, best.start).join(':');
  return `${head}::${hex.slice(best.start + best.length).join(':')}`;
}
