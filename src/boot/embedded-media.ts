import { randomBytes } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import type { MediaConfig } from '../config/config.js';
import { millis, seconds, type Clock } from '../domain/time.js';
import type { launchMediaServer } from '../embedded/media-server/index.js';
import type { Log } from '../flows/ports/telemetry.js';
import type { ServerAddress } from '../media/check-server.js';

type LaunchOptions = Parameters<typeof launchMediaServer>[0];

export interface EmbeddedMediaDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Below which sounds may be read, and recordings written. */
  readonly sounds: readonly string[];
  readonly recordings: readonly string[];
}

/** One thread of our media server; it is started again when it dies, where it was. */
export interface EmbeddedMedia {
  readonly name: string;
  readonly address: ServerAddress;
  close(): Promise<void>;
}

const FIRST_PAUSE = millis(250);
const LONGEST_PAUSE = seconds(30);
/** A thread that lived so long did not die of how it was started. */
const HEALTHY_AFTER = seconds(60);

/** @throws Error that says which port or address could not be opened. */
export async function startEmbeddedMedia(
  config: MediaConfig,
  deps: EmbeddedMediaDeps,
): Promise<readonly EmbeddedMedia[]> {
  const started: EmbeddedMedia[] = [];
  try {
    for (let thread = 0; thread < config.threads; thread += 1) {
      started.push(await startThread(config, thread, deps));
    }
    return started;
  } catch (error) {
    await Promise.all(started.map((one) => one.close()));
    const reason = error instanceof Error ? error.message : 'unknown reason';
    throw new Error(`the embedded media server cannot start: ${reason}`, { cause: error });
  }
}

async function startThread(
  config: MediaConfig,
  thread: number,
  deps: EmbeddedMediaDeps,
): Promise<EmbeddedMedia> {
  const { launchMediaServer } = await import('../embedded/media-server/index.js');
  const { clock, log } = deps;
  const name = `embedded-${thread + 1}`;
  const options = launchOptions(config, thread, deps);
  let server = await launchMediaServer(options);
  // It comes back where it was, so that whoever looks after it finds it again.
  const again: LaunchOptions = {
    ...options,
    esl: { ...options.esl, port: server.eslPort },
    sip: { ...options.sip, port: server.sipPort },
  };
  let closed = false;
  let pause = FIRST_PAUSE;
  const watch = (): void => {
    const begun = clock.now();
    server.onExit((why) => {
      log.error('Embedded media server died', { server: name, err: why });
      if (clock.now() - begun > HEALTHY_AFTER) pause = FIRST_PAUSE;
      restart();
    });
  };
  const restart = (): void => {
    if (closed) return;
    const wait = pause;
    pause = millis(Math.min(2 * pause, LONGEST_PAUSE));
    clock.after(wait, () => {
      launchMediaServer(again).then(
        (next) => {
          server = next;
          if (closed) void next.close();
          else watch();
        },
        (error: unknown) => {
          log.error('Embedded media server cannot start', {
            server: name,
            err: error instanceof Error ? error : undefined,
          });
          restart();
        },
      );
    });
  };
  watch();
  const { host, password } = again.esl;
  const { key } = again.sip;
  return {
    name,
    address: { host, port: again.esl.port, password, profile: 'drachtio_mrf', ...(key && { key }) },
    close: () => {
      closed = true;
      return server.close();
    },
  };
}

function launchOptions(
  { rtp, threads, deadMedia, maxEndpoints }: MediaConfig,
  thread: number,
  { sounds, recordings }: EmbeddedMediaDeps,
): LaunchOptions {
  // Threads share nothing, least of all ports; a pair of RTP and RTCP begins at an even one.
  const each = 2 * Math.floor((rtp.highestPort - rtp.lowestPort + 1) / threads / 2);
  const lowestPort = rtp.lowestPort + thread * each;
  const advertised = rtp.advertisedAddress ?? reachableAddress(rtp.address);
  return {
    // Nobody else is to use it, so its secrets are made anew at each start and told to no one.
    esl: { host: '127.0.0.1', port: 0, password: randomBytes(24).toString('hex') },
    sip: { address: '127.0.0.1', port: 0, key: randomBytes(32).toString('hex') },
    rtp: {
      address: rtp.address,
      ...(advertised !== undefined && { advertisedAddress: advertised }),
      lowestPort,
      highestPort: lowestPort + each - 1,
    },
    sounds,
    recordings,
    limits: { sessions: maxEndpoints, deadMediaMs: deadMedia },
  };
}

/** For a wildcard the first address that other hosts could reach, as the SIP engine tells it, too. */
function reachableAddress(bound: string): string | undefined {
  if (bound !== '0.0.0.0' && bound !== '::') return undefined;
  const family = bound === '::' ? 'IPv6' : 'IPv4';
  const all = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  const reachable = all.find(
    (entry) => entry.family === family && !entry.internal && (entry.scopeid ?? 0) === 0,
  );
  return reachable?.address ?? (family === 'IPv6' ? '::1' : '127.0.0.1');
}
