/** A socket address. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `127.0.0.1:5060` or `[::1]:5060`, as SIP writes it. */
export function hostPort(address: Address): string {
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `${host}:${address.port}`;
}

/** Reads the host and port of a SIP URI; undefined when the host is a name, which no phone resolves. */
export function addressOfUri(uri: string): Address | undefined {
  const match =
    /^sips?:(?:[^@]*@)?(?:\[([0-9a-fA-F:]+)\]|(\d+\.\d+\.\d+\.\d+))(?::(\d+))?/.exec(uri) ?? [];
  const [, v6, v4, port] = match;
  const host = v6 ?? v4;
  return host === undefined ? undefined : { host, port: Number(port ?? 5060) };
}
