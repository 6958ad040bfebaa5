import { randomBytes } from 'node:crypto';
import type { SipConfig } from '../config/config.js';
import type { EngineAddress } from '../sip/engine-link.js';

export interface SipEngine {
  readonly address: EngineAddress;
  /** Reads the TLS files again; rejects, and keeps the old ones, when they are not good. */
  reloadTls(): Promise<void>;
  close(): Promise<void>;
  onExit(listener: (why: Error) => void): void;
}

/** The SIP engine by configuration: our own in a worker thread, or a drachtio-server elsewhere. */
export async function startSipEngine(config: SipConfig): Promise<SipEngine> {
  if (config.drachtio !== undefined) {
    const nothing = (): Promise<void> => Promise.resolve();
    return {
      address: config.drachtio,
      reloadTls: nothing,
      close: nothing,
      onExit: () => undefined,
    };
  }
  const { launchSipServer } = await import('../embedded/sip-server/index.js');
  // Nobody else is to use our engine, so its secret is made anew at each start and told to no one.
  const secret = randomBytes(24).toString('hex');
  const host = '127.0.0.1';
  const server = await launchSipServer({
    listeners: [...config.listen],
    ...(config.externalAddress !== undefined && { externalAddress: config.externalAddress }),
    ...(config.tls !== undefined && { tls: config.tls }),
    webSocket: { origins: config.allowedOrigins },
    dnsServers: config.dnsServers,
    largeRequests: config.largeRequests,
    secret,
    adminHost: host,
    adminPort: 0,
  });
  return {
    address: { host, port: server.adminPort, secret, openPort: () => server.openPort() },
    reloadTls: () => server.reloadTls(),
    close: () => server.close(),
    onExit: (listener) => server.onExit(listener),
  };
}
