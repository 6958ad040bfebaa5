import { seconds } from '../domain/time.js';
import type { FreeSwitchConfig, MediaConfig } from './config.js';
import type { ConfigFile } from './schema.js';
import { parseListen } from './listen-address.js';
import type { NamedFiles } from './secrets.js';

/** `media` of the file as the house uses it, with what follows from `sip`. */
export function mediaConfig(file: ConfigFile, files: NamedFiles): MediaConfig {
  const { media: section } = file;
  const { rtp, channels } = section;
  return {
    engine: section.engine,
    threads: section.threads,
    rtp: {
      address: rtp.address ?? sipAddress(file) ?? '0.0.0.0',
      advertisedAddress: rtp.advertised_address ?? externalAddress(file),
      lowestPort: rtp.lowest_port,
      highestPort: rtp.highest_port,
    },
    deadMedia: seconds(section.dead_media_seconds),
    maxEndpoints: section.max_endpoints,
    channels: { address: channels.address, advertisedAddress: channels.advertised_address },
    conferenceProfile: section.conference_profile,
    freeswitch: section.engine === 'freeswitch' ? freeSwitches(section, files) : [],
  };
}

function freeSwitches(section: ConfigFile['media'], files: NamedFiles): FreeSwitchConfig[] {
  return section.freeswitch.map(({ password_file, channel_port, ...server }, at) => ({
    ...server,
    password: files.secret(password_file, ['media', 'freeswitch', at, 'password_file']),
    channelPort: channel_port,
  }));
}

/** The one IPv4 address that the embedded SIP engine listens on, if it is one and no wildcard. */
function sipAddress({ sip }: ConfigFile): string | undefined {
  if (sip.engine !== 'embedded') return undefined;
  const addresses = new Set(
    sip.listen
      .flatMap((text) => parseListen(text)?.address ?? [])
      .filter((address) => !address.includes(':')),
  );
  const [only] = addresses;
  return addresses.size === 1 && only !== '0.0.0.0' ? only : undefined;
}

/** A name is good for SIP, but not for RTP. */
function externalAddress({ sip }: ConfigFile): string | undefined {
  const { external_address: external } = sip;
  return external !== undefined && /^[\d.]+$|:/.test(external) ? external : undefined;
}
