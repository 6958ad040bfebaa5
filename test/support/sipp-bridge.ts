import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { WebSocket } from 'ws';
import { hostPort, type Address } from '../../src/phones/address.js';
import { Cutter } from '../../src/phones/cutter.js';
import type { Issued } from './certificates.js';

/**
 * Debian's SIPp speaks UDP and TCP only. A bridge is its true peer on another transport: messages
 * that SIPp writes to it over TCP leave over TLS or WebSocket, one in each frame, with that
 * transport in Via and Contact; what comes back is passed on as it is.
 */
export interface Bridge {
  /** Where SIPp sends (a caller's bridge) or listens (a callee's), over TCP. */
  readonly sipp: Address;
  close(): Promise<void>;
}

export interface Credentials extends Issued {
  readonly caFile: string;
}

export type Bridged = 'tls' | 'ws';

/** The far side of a bridge: the daemon, however it is reached. */
interface Far {
  write(message: string): void;
  close(): void;
}

const newNames: Readonly<Record<Bridged, (message: string) => string>> = {
  tls: (message) => rename(message, 'TLS'),
  ws: (message) => rename(message, 'WS'),
};

function rename(message: string, transport: string): string {
  const end = message.indexOf('\r\n\r\n');
  const head = message
    .slice(0, end)
    .replaceAll('SIP/2.0/TCP', `SIP/2.0/${transport}`)
    .replaceAll(/;transport=tcp/gi, `;transport=${transport.toLowerCase()}`);
  return head + message.slice(end);
}

/** For a SIPp that calls: connects from the host of `at` to the daemon once SIPp has come. */
export async function callerBridge(
  transport: Bridged,
  at: Address,
  daemon: Address,
  credentials: Credentials,
): Promise<Bridge> {
  const fars: Far[] = [];
  const near = createServer((socket) => {
    socket.on('error', () => undefined);
    const back = (bytes: Buffer): void => void socket.write(bytes);
    const far =
      transport === 'tls'
        ? dialTls({ host: at.host, port: 0 }, daemon, credentials, back)
        : dialWs({ host: at.host, port: 0 }, daemon, back);
    fars.push(far);
    relay(socket, far, transport);
  });
  near.listen(0, at.host);
  await once(near, 'listening');
  const bound = near.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  return {
    sipp: { host: at.host, port },
    close: async () => {
      for (const far of fars) far.close();
      await new Promise<void>((resolve) => near.close(() => resolve()));
    },
  };
}

/**
 * For a SIPp that is called: over TLS it listens at `at`; over WebSocket, where nobody can be
 * called, it has connected from there before.
 */
export async function calleeBridge(
  transport: Bridged,
  at: Address,
  sipp: Address,
  daemon: Address,
  credentials: Credentials,
): Promise<Bridge> {
  return transport === 'tls' ? listenTls(at, sipp, credentials) : connectWs(at, sipp, daemon);
}

async function listenTls(at: Address, sipp: Address, credentials: Credentials): Promise<Bridge> {
  const open = new Set<Socket>();
  const server = createTlsServer(pems(credentials), (far: TLSSocket) => {
    const near = createConnection(sipp);
    for (const socket of [near, far]) {
      socket.on('error', () => undefined);
      open.add(socket);
    }
    far.on('data', (bytes: Buffer) => near.write(bytes));
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    relay(near, { write: (text) => far.write(text, 'latin1'), close: () => far.destroy() }, 'tls');
  });
  server.on('tlsClientError', () => undefined);
  server.listen(at.port, at.host);
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    for (const socket of open) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { sipp, close };
}

async function connectWs(at: Address, sipp: Address, daemon: Address): Promise<Bridge> {
  let near: Socket | undefined;
  const far = dialWs(at, daemon, (bytes) => {
    // A pong; SIPp would take it for a broken message.
    if (bytes.length <= 4) return;
    near ??= nearTo(sipp, far);
    near.write(bytes);
  });
  await far.opened;
  // Who has sent nothing yet is a stranger to the daemon, and shown the door after a while.
  far.write('\r\n\r\n');
  const close = (): Promise<void> => {
    near?.destroy();
    far.close();
    return far.closed;
  };
  return { sipp, close };
}

function nearTo(sipp: Address, far: Far): Socket {
  const near = createConnection(sipp);
  near.on('error', () => undefined);
  relay(near, far, 'ws');
  return near;
}

/** What SIPp writes goes out message by message. */
function relay(near: Socket, far: Far, transport: Bridged): void {
  const cutter = new Cutter((message) =>
    far.write(newNames[transport](message.toString('latin1'))),
  );
  near.on('data', (chunk) => cutter.push(chunk));
}

function dialTls(
  from: Address,
  daemon: Address,
  credentials: Credentials,
  back: (bytes: Buffer) => void,
): Far {
  const socket = connectTls({
    ...{ ...daemon, localAddress: from.host, ca: readFileSync(credentials.caFile) },
    ...pems(credentials),
  });
  socket.on('error', () => undefined);
  socket.on('data', back);
  return { write: (text) => socket.write(text, 'latin1'), close: () => socket.destroy() };
}

function dialWs(
  from: Address,
  daemon: Address,
  back: (bytes: Buffer) => void,
): Far & { readonly opened: Promise<void>; readonly closed: Promise<void> } {
  const waiting: string[] = [];
  const socket = new WebSocket(`ws://${hostPort(daemon)}/`, 'sip', {
    localAddress: from.host,
    ...(from.port === 0 ? {} : { localPort: from.port }),
  });
  socket.on('error', () => undefined);
  socket.on('message', (bytes) => back(bytes as Buffer));
  const send = (text: string): void => socket.send(Buffer.from(text, 'latin1'), { binary: false });
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  const opened = new Promise<void>((resolve, reject) => {
    socket.on('open', () => {
      for (const text of waiting.splice(0)) send(text);
      resolve();
    });
    socket.on('close', () => reject(new Error('the WebSocket was refused')));
  });
  opened.catch(() => undefined);
  return {
    opened,
    closed,
    write: (text) => {
      if (socket.readyState === WebSocket.OPEN) send(text);
      else waiting.push(text);
    },
    // Reset, not closed: the same port is to call again at once.
    close: () => {
      const { _socket: raw } = socket as unknown as { _socket: Socket | null };
      if (raw === null) socket.terminate();
      else raw.resetAndDestroy();
    },
  };
}

function pems({ certificateFile, keyFile }: Issued): { cert: Buffer; key: Buffer } {
  return { cert: readFileSync(certificateFile), key: readFileSync(keyFile) };
}
