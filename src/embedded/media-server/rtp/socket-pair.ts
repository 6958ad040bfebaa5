import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { PacketGathering } from './packet-gathering.js';
import { NoPortLeft, type PortPool } from './port-pool.js';

/** 400 ms of audio at 50 packets/s need little; a thread that is late by a second must lose none. */
const receiveBufferBytes = 128 * 1024;
/** Pairs tried when others on this machine hold ports of our range. */
const mostTries = 20;

export interface SocketPair {
  readonly port: number;
  readonly rtp: Socket;
  readonly rtcp: Socket;
  readonly gathering: PacketGathering;
  close(): void;
}

/**
 * Binds a pair of the pool.
 * @throws NoPortLeft
 */
export async function openSocketPair(pool: PortPool): Promise<SocketPair> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const port = pool.take();
    const rtp = await bound(pool.address, port);
    const rtcp = rtp && (await bound(pool.address, port + 1));
    const close = (): void => {
      rtp?.close();
      rtcp?.close();
      pool.giveBack(port);
    };
    if (rtp && rtcp) return { port, rtp, rtcp, gathering: pool.gathering, close };
    close();
  }
  throw new NoPortLeft(`${mostTries} pairs are in use by other programs`);
}

/** Undefined: somebody else has that port. */
function bound(address: string, port: number): Promise<Socket | undefined> {
  const socket = createSocket({
    type: isIPv6(address) ? 'udp6' : 'udp4',
    ipv6Only: isIPv6(address),
    recvBufferSize: receiveBufferBytes,
    // Only numeric addresses come here; Node's own look-up would put each packet off to another turn.
    lookup: (host, _options, done) => done(null, host, isIPv6(host) ? 6 : 4),
  });
  return new Promise((resolve, reject) => {
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close();
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    socket.bind({ address, port, exclusive: true }, () => {
      socket.removeAllListeners('error');
      // A packet that cannot be sent is a packet lost, and counted so by who misses it.
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}
