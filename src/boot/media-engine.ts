import type { Config, MediaConfig } from '../config/config.js';
import type { MediaServers } from '../flows/ports/media.js';
import type { SipSignalling } from '../media/fsmrf.js';
import type { MediaServerSettings } from '../media/media-server.js';
import { WatchedServers } from '../media/media-servers.js';
import { NO_MEDIA } from '../media/no-media.js';
import { startEmbeddedMedia, type EmbeddedMedia } from './embedded-media.js';
import type { Foundations } from './foundations.js';

/** Who speaks RTP for us: threads of our own, FreeSWITCH servers, or nobody. */
export interface MediaEngine {
  readonly servers: MediaServers;
  /** Undefined when no call needs one. */
  up(): boolean | undefined;
  /** Begins to look after the servers; resolves when each was tried once. */
  begin(sip: SipSignalling): Promise<void>;
  close(): Promise<void>;
}

/** Directories that media servers share with us. */
export interface SharedFiles {
  readonly sounds: readonly string[];
  readonly recordings: readonly string[];
}

/**
 * An embedded server that cannot open its ports ends the start; a FreeSWITCH that is not there does
 * not: the daemon is up, not ready, and refuses the calls that need one until it comes.
 */
export async function startMediaEngine(
  { media }: Pick<Config, 'media'>,
  { clock, log: base, metrics }: Foundations,
  shared: SharedFiles,
): Promise<MediaEngine> {
  if (media.engine === 'none') return NO_ENGINE;
  const log = base.child({ component: 'media' });
  const threads =
    media.engine === 'embedded' ? await startEmbeddedMedia(media, { clock, log, ...shared }) : [];
  const settings = media.engine === 'embedded' ? ofThreads(media, threads) : ofFreeSwitches(media);
  const servers = new WatchedServers(settings, {
    clock,
    log,
    metrics,
    changed: (up) => metrics.dependency('media', up),
  });
  return {
    servers,
    up: () => servers.up,
    begin: (sip) => servers.start(sip),
    close: async () => {
      servers.stop();
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

const NO_ENGINE: MediaEngine = {
  servers: NO_MEDIA,
  up: () => undefined,
  begin: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

function ofThreads(media: MediaConfig, threads: readonly EmbeddedMedia[]): MediaServerSettings[] {
  const { maxEndpoints, conferenceProfile } = media;
  const channels = { address: '127.0.0.1', port: 0, advertisedAddress: undefined };
  return threads.map(({ name, address }) => ({
    name,
    address,
    channels,
    maxEndpoints,
    conferenceProfile,
  }));
}

function ofFreeSwitches({
  freeswitch,
  channels,
  maxEndpoints,
  conferenceProfile,
}: MediaConfig): MediaServerSettings[] {
  return freeswitch.map(({ name, host, port, password, profile, channelPort }) => ({
    name,
    address: { host, port, password, profile },
    channels: { ...channels, port: channelPort },
    maxEndpoints,
    conferenceProfile,
  }));
}
