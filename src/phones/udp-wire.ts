import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { OnBytes, Wire } from './wire.js';

/** One datagram is one message. */
export async function openUdpWire(host: string, port: number, onBytes: OnBytes): Promise<Wire> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  socket.on('message', (bytes, from) => onBytes(bytes, { host: from.address, port: from.port }));
  socket.bind(port, host);
  await once(socket, 'listening');
  // A B2BUA that is not there any more (ICMP port unreachable) is for the script to notice.
  socket.on('error', () => undefined);
  return {
    protocol: 'udp',
    local: { host, port: socket.address().port },
    send: (bytes, to) => socket.send(bytes, to.port, to.host, () => undefined),
    close: async () => {
      await new Promise<void>((resolve) => socket.close(resolve));
    },
  };
}
