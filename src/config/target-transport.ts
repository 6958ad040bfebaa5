/** What can be listened on and sent over. */
export const TRANSPORTS: ReadonlySet<string> = new Set(['udp', 'tcp', 'tls', 'ws', 'wss']);

/** What `;transport=` of a SIP URI says, in lower case. */
export function namedTransport(target: string): string | undefined {
  return /;transport=([^;?]*)/i.exec(target)?.[1]?.toLowerCase();
}

/** How a target is reached (RFC 3261 §26.2.2: over `sips:` every transport is a secure one). */
export function transportOf(target: string): string {
  const named = namedTransport(target);
  if (!target.startsWith('sips:')) return named ?? 'udp';
  return named === 'ws' || named === 'wss' ? 'wss' : 'tls';
}
