import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';
import { hostPort, type Address } from './address.js';
import { Cutter } from './cutter.js';
import type { OnBytes, Wire } from './wire.js';

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
