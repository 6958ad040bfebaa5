import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';
import { hostPort, type Address } from './address.js';
import type { OnBytes, Wire } from './wire.js';

/** Cuts a stream into messages by Content-Length (RFC 3261 §18.3). */
class Cutter {
  #pending: Buffer = Buffer.alloc(0);
  readonly #out: (message: Buffer) => void;

  constructor(out: (message: Buffer) => void) {
    this.#out = out;
  }

  push(chunk: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    for (;;) {
      const start = this.#pending.findIndex((byte) => byte !== 13 && byte !== 10);
      if (start < 0) return;
      const end = this.#pending.indexOf('\r\n\r\n', start);
      if (end < 0) return;
      const head = this.#pending.toString('latin1', start, end);
      const length = Number(/^(?:content-length|l)\s*:\s*(\d+)/im.exec(head)?.[1] ?? 0);
      if (this.#pending.length < end + 4 + length) return;
      const message = this.#pending.subarray(start, end + 4 + length);
      this.#pending = this.#pending.subarray(end + 4 + length);
      this.#out(message);
    }
  }
}

/** Listens and connects from one address; connections are reused by the peer's address. */
export async function openTcpWire(host: string, port: number, onBytes: OnBytes): Promise<Wire> {
  const connections = new Map<string, Socket>();
  const adopt = (socket: Socket, peer: Address): void => {
    const cutter = new Cutter((message) => onBytes(message, peer));
    connections.set(hostPort(peer), socket);
    socket.on('data', (chunk) => cutter.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => connections.delete(hostPort(peer)));
  };
  const server = createServer((socket) => {
    adopt(socket, { host: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 });
  });
  server.listen(port, host);
  await once(server, 'listening');
  const bound = server.address();
  return {
    protocol: 'tcp',
    local: { host, port: typeof bound === 'object' && bound !== null ? bound.port : port },
    send: (bytes, to) => {
      let socket = connections.get(hostPort(to));
      if (socket === undefined) {
        socket = createConnection({ host: to.host, port: to.port, localAddress: host });
        adopt(socket, to);
      }
      socket.write(bytes);
    },
    close: async () => {
      for (const socket of connections.values()) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
