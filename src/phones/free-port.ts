import { once } from 'node:events';
import { createServer } from 'node:net';
import { openUdpWire } from './udp-wire.js';

/** Below the ports that the system gives to whoever connects, and below those of RTP. */
const LOWEST = 5_100;
const HIGHEST = 9_999;

/** A port of `host` that is free for both UDP and TCP now, and that nobody is given by chance. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST + 1));
    const udp = await openUdpWire(host, port, () => undefined).catch(() => undefined);
    if (udp === undefined) continue;
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, host, () => resolve(true));
    });
    if (free) {
      server.close();
      await once(server, 'close');
    }
    await udp.close();
    if (free) return port;
  }
  throw new Error(`no port of ${host} is free for both UDP and TCP`);
}
