import { once } from 'node:events';
import { createServer } from 'node:net';
import { openUdpWire } from './udp-wire.js';

/** A port of `host` that is free for both UDP and TCP now. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const udp = await openUdpWire(host, 0, () => undefined);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(udp.local.port, host, () => resolve(true));
    });
    if (free) {
      server.close();
      await once(server, 'close');
    }
    await udp.close();
    if (free) return udp.local.port;
  }
  throw new Error(`no port of ${host} is free for both UDP and TCP`);
}
