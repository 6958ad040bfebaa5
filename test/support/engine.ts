import { createConnection } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostPort, type Address } from '../../src/phones/address.js';
import { freePort } from '../../src/phones/free-port.js';

/** The SIP engine under a test: where it listens, and the part of the configuration that says so. */
/** Transports beside UDP and TCP, which every engine under test has. */
export type MoreTransport = 'tls' | 'ws' | 'wss';

export interface TestEngine {
  readonly sip: Address;
  /** Undefined when the engine has no IPv6 listener. */
  readonly sip6: Address | undefined;
  /** By transport and address: `tls 127.0.0.1`. */
  readonly more: ReadonlyMap<string, Address>;
  readonly config: Readonly<Record<string, unknown>>;
}

/** `host:port:secret` of a real drachtio-server; the same tests then run against it. */
const REAL = process.env['CALLVEIL_TEST_DRACHTIO'];

export const onRealDrachtio = REAL !== undefined && REAL !== '';

/** For a test of what drachtio-server itself does otherwise, whatever runs on it; the note is printed. */
export function skipOnRealDrachtio(
  test: { skip(condition: boolean, note: string): void },
  what: string,
): void {
  test.skip(onRealDrachtio, `drachtio-server ${what}`);
}

export async function chooseEngine(
  directory: string,
  transports: readonly MoreTransport[] = [],
): Promise<TestEngine> {
  return onRealDrachtio ? realDrachtio(REAL ?? '', directory) : embedded(transports);
}

async function embedded(transports: readonly MoreTransport[]): Promise<TestEngine> {
  const [port, port6] = [await freePort(), await freePort('::1')];
  const more = new Map<string, Address>();
  for (const transport of transports) {
    for (const host of ['127.0.0.1', '::1']) {
      more.set(`${transport} ${host}`, { host, port: await freePort(host) });
    }
  }
  const listen = [
    `udp:127.0.0.1:${port}`,
    `tcp:127.0.0.1:${port}`,
    `udp:[::1]:${port6}`,
    `tcp:[::1]:${port6}`,
    ...[...more].map(([key, at]) => `${key.split(' ')[0] ?? ''}:${hostPort(at)}`),
  ];
  return {
    sip: { host: '127.0.0.1', port },
    sip6: { host: '::1', port: port6 },
    more,
    config: { engine: 'embedded', listen },
  };
}

async function realDrachtio(location: string, directory: string): Promise<TestEngine> {
  const [host = '', port = '', ...rest] = location.split(':');
  const secret = rest.join(':');
  const hostPorts = await authenticate({ host, port: Number(port) }, secret);
  const secretFile = join(directory, 'drachtio-secret');
  writeFileSync(secretFile, `${secret}\n`, { mode: 0o600 });
  const v4 = /udp\/(\d+\.\d+\.\d+\.\d+):(\d+)/.exec(hostPorts);
  const v6 = /udp\/\[([0-9a-f:]+)\]:(\d+)/i.exec(hostPorts);
  if (v4 === null) throw new Error(`the drachtio-server listens on no IPv4 UDP port: ${hostPorts}`);
  return {
    sip: { host: v4[1] ?? '', port: Number(v4[2]) },
    more: new Map(),
    sip6: v6 === null ? undefined : { host: v6[1] ?? '', port: Number(v6[2]) },
    config: { engine: 'drachtio', drachtio: { host, port: Number(port), secret_file: secretFile } },
  };
}

/** Asks the server for its SIP addresses, in its own protocol. */
async function authenticate(server: Address, secret: string): Promise<string> {
  const socket = createConnection(server);
  const payload = `callveil-tests|authenticate|${secret}|`;
  socket.write(`${Buffer.byteLength(payload)}#${payload}`);
  try {
    let text = '';
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      text += chunk.toString();
      const [, ok, hostPorts] = /\|response\|callveil-tests\|(OK|NO)\|([^|]*)/.exec(text) ?? [];
      if (ok === 'OK' && hostPorts !== undefined) return hostPorts;
      if (ok === 'NO') break;
    }
    throw new Error(`the drachtio-server did not accept the secret: ${text}`);
  } finally {
    socket.destroy();
  }
}
