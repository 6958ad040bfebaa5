import { seconds } from '../../src/domain/time.js';
import { MediaLink } from '../../src/sip/media-link.js';
import { systemClock } from '../../src/boot/system-clock.js';
import { startSipServer } from '../../src/embedded/sip-server/server.js';
import type { SipSignalling } from '../../src/media/fsmrf.js';
import type { MediaServerSettings } from '../../src/media/media-server.js';
import type { MediaMetrics } from '../../src/media/media-metrics.js';
import { WatchedServers } from '../../src/media/media-servers.js';
import {
  recordingLog,
  recordingMetrics,
  type LogLine,
  type Recorded,
} from './recording-telemetry.js';

export interface EventSocketAddress {
  readonly host: string;
  readonly port: number;
  readonly password: string;
}

/** Media servers as the daemon has them, on a SIP engine of their own. */
export interface MediaSide {
  readonly servers: WatchedServers;
  readonly log: { readonly lines: readonly LogLine[] };
  readonly metrics: { readonly calls: readonly Recorded[] };
  close(): Promise<void>;
}

export function serverSettings(
  address: EventSocketAddress,
  change: Partial<MediaServerSettings> = {},
): MediaServerSettings {
  return {
    name: 'media-1',
    address: { ...address, profile: 'drachtio_mrf' },
    channels: { address: '127.0.0.1', port: 0, advertisedAddress: undefined },
    maxEndpoints: 500,
    conferenceProfile: 'default',
    ...change,
  };
}

export async function openMediaSide(settings: readonly MediaServerSettings[]): Promise<MediaSide> {
  const secret = 'only for this test';
  const engine = await startSipServer({
    listeners: [{ protocol: 'udp', address: '127.0.0.1', port: 0 }],
    secret,
    adminHost: '127.0.0.1',
    adminPort: 0,
  });
  const log = recordingLog();
  const metrics = recordingMetrics();
  const clock = systemClock();
  const address = { host: '127.0.0.1', port: engine.adminPort, secret };
  const link = new MediaLink({ address, log, clock });
  await link.connect(seconds(5));
  const servers = new WatchedServers(settings, {
    clock,
    log,
    metrics: metrics as unknown as MediaMetrics,
    changed: () => undefined,
  });
  await servers.start(link.srf as SipSignalling);
  return {
    servers,
    log,
    metrics,
    close: async () => {
      servers.stop();
      // The BYEs of what was still there.
      await new Promise((resolve) => setTimeout(resolve, 100));
      link.disconnect();
      await engine.close();
    },
  };
}
