import { tmpdir } from 'node:os';
import type { MediaServerOptions } from '../../src/embedded/media-server/options.js';
import { startMediaServer } from '../../src/embedded/media-server/server.js';

export interface TestMediaServer {
  readonly host: string;
  /** Of its event socket. */
  readonly port: number;
  readonly password: string;
  readonly sipPort: number;
  stop(): Promise<void>;
}

/** Our own media server in this thread; it reads and writes below the system's temporary directory. */
export async function startTestMediaServer(
  more: Partial<MediaServerOptions> = {},
): Promise<TestMediaServer> {
  const host = '127.0.0.1';
  const password = 'ClueCon';
  // Anywhere below the ports that the system gives to others; a pair that is taken is passed over.
  const lowestPort = 10_000 + 2 * Math.floor(Math.random() * 10_000);
  const server = await startMediaServer({
    esl: { host, port: 0, password },
    sip: { address: host, port: 0 },
    rtp: { address: host, lowestPort, highestPort: lowestPort + 998 },
    sounds: [tmpdir()],
    recordings: [tmpdir()],
    ...more,
  });
  const { eslPort, sipPort } = server;
  return { host, port: eslPort, password, sipPort, stop: () => server.close() };
}
