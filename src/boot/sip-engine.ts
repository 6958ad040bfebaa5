import { randomBytes } from 'node:crypto';
import type { Config } from '../config/config.js';
import type { EngineAddress } from '../sip/engine-link.js';
import type { EngineReport } from './watch-engine.js';
import { sipListeners } from './media-hosts.js';
import { engineBounds } from './engine-bounds.js';

export interface SipEngine {
  readonly address: EngineAddress;
  /** Reads the TLS files again; rejects, and keeps the old ones, when they are not good. */
  reloadTls(): Promise<void>;
  close(): Promise<void>;
  onExit(listener: (why: Error) => void): void;
  /** Told every second or so how the embedded engine is; a drachtio-server does not tell. */
  onVitals(listener: (report: EngineReport) => void): void;
}

/** The SIP engine by configuration: our own in a worker thread, or a drachtio-server elsewhere. */
export async function startSipEngine(config: Config): Promise<SipEngine> {
  const { sip } = config;
  if (sip.drachtio !== undefined) {
    const nothing = (): Promise<void> => Promise.resolve();
    return {
      address: sip.drachtio,
      reloadTls: nothing,
      close: nothing,
      onExit: () => undefined,
      onVitals: () => undefined,
    };
  }
  const { launchSipServer } = await import('../embedded/sip-server/index.js');
  // Nobody else is to use our engine, so its secret is made anew at each start and told to no one.
  const secret = randomBytes(24).toString('hex');
  const host = '127.0.0.1';
  const server = await launchSipServer({
    ...engineBounds(config),
    listeners: sipListeners(config),
    ...(sip.externalAddress !== undefined && { externalAddress: sip.externalAddress }),
    ...(sip.tls !== undefined && { tls: sip.tls }),
    webSocket: { origins: sip.allowedOrigins },
    dnsServers: sip.dnsServers,
    largeRequests: sip.largeRequests,
    secret,
    adminHost: host,
    adminPort: 0,
  });
  return {
    address: { host, port: server.adminPort, secret, openPort: () => server.openPort() },
    reloadTls: () => server.reloadTls(),
    close: () => server.close(),
    onExit: (listener) => server.onExit(listener),
    onVitals: (listener) => server.onVitals(listener),
  };
}
