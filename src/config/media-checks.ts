import type { ConfigIssue } from './issues.js';
import { parseListen } from './listen-address.js';
import { configSchema, type ConfigFile } from './schema.js';
import { isDeepStrictEqual } from 'node:util';

const issue = (path: ConfigIssue['path'], message: string): ConfigIssue => ({ path, message });

/** What does not fit together within `media`, or with `sip`. */
export function mediaChecks(file: ConfigFile): ConfigIssue[] {
  return [...servers(file), ...ports(file), ...wildcards(file)];
}

function servers({ media }: ConfigFile): ConfigIssue[] {
  const { engine, freeswitch } = media;
  if (engine === 'freeswitch' && freeswitch.length === 0) {
    return [issue(['media', 'freeswitch'], 'is required by engine freeswitch')];
  }
  return freeswitch.flatMap((server, at) => {
    const earlier = freeswitch.slice(0, at);
    const path = ['media', 'freeswitch', at];
    const same = earlier.findIndex(({ name }) => name === server.name);
    const port = server.channel_port;
    const rival = port === 0 ? -1 : earlier.findIndex((other) => other.channel_port === port);
    return [
      ...(same < 0
        ? []
        : [issue([...path, 'name'], `is already the name of media.freeswitch[${same}]`)]),
      ...(rival < 0
        ? []
        : [issue([...path, 'channel_port'], `is already the port of media.freeswitch[${rival}]`)]),
    ];
  });
}

function ports({ media, sip }: ConfigFile): ConfigIssue[] {
  const { lowest_port: lowest, highest_port: highest } = media.rtp;
  if (media.engine !== 'embedded') return [];
  if (highest - lowest < 2 * media.threads) {
    return [issue(['media', 'rtp', 'highest_port'], 'leaves no two ports for each thread')];
  }
  return sip.listen.flatMap((text, at) => {
    const { protocol, port = 0 } = parseListen(text) ?? {};
    if (protocol !== 'udp' || port < lowest || port > highest) return [];
    return [issue(['sip', 'listen', at], 'has a port of media.rtp: calls would take it for RTP')];
  });
}

/** No party can send to such an address. */
function wildcards({ media }: ConfigFile): ConfigIssue[] {
  const told = [
    [['media', 'rtp', 'advertised_address'], media.rtp.advertised_address],
    [['media', 'channels', 'advertised_address'], media.channels.advertised_address],
  ] as const;
  return told.flatMap(([path, address]) =>
    address === '0.0.0.0' || address === '::' ? [issue([...path], 'is no address to send to')] : [],
  );
}

/** What is allowed within `media` but hardly meant. */
export function mediaDoubts(file: ConfigFile): ConfigIssue[] {
  return [...refusedTrunks(file), ...unused(file), ...unreachable(file), ...fewPorts(file)];
}

function refusedTrunks({ media, trunks }: ConfigFile): ConfigIssue[] {
  if (media.engine !== 'none') return [];
  return trunks.flatMap((trunk, at) =>
    trunk.media === 'anchored'
      ? [
          issue(
            ['trunks', at, 'media'],
            'is anchored, and media.engine is none: calls over this trunk are refused (verdict media-unavailable)',
          ),
        ]
      : [],
  );
}

const EMBEDDED_ALONE = ['threads', 'rtp', 'dead_media_seconds'] as const;

function unused({ media }: ConfigFile): ConfigIssue[] {
  const say = (key: string): ConfigIssue =>
    issue(['media', key], `is not used: media.engine is ${media.engine}`);
  const list = media.engine !== 'freeswitch' && media.freeswitch.length > 0;
  const untouched = configSchema.shape.media.parse({});
  const own = EMBEDDED_ALONE.filter((key) => !isDeepStrictEqual(media[key], untouched[key]));
  return [
    ...(list ? [say('freeswitch')] : []),
    ...(media.engine === 'embedded' ? [] : own.map(say)),
  ];
}

/** A server on another host cannot call a loopback address of ours. */
function unreachable({ media }: ConfigFile): ConfigIssue[] {
  if (media.engine !== 'freeswitch') return [];
  const { address, advertised_address: advertised = address } = media.channels;
  const remote = media.freeswitch.findIndex(({ host }) => !isLoopback(host));
  if (remote < 0 || (!isLoopback(advertised) && advertised !== '0.0.0.0')) return [];
  return [
    issue(
      ['media', 'channels'],
      `says ${advertised}, where media.freeswitch[${remote}] cannot reach us: give an address or advertised_address`,
    ),
  ];
}

function fewPorts({ media }: ConfigFile): ConfigIssue[] {
  const { lowest_port: lowest, highest_port: highest } = media.rtp;
  const each = Math.floor((highest - lowest + 1) / media.threads / 2);
  if (media.engine !== 'embedded' || each >= media.max_endpoints) return [];
  return [
    issue(
      ['media', 'rtp', 'highest_port'],
      `leaves ports for ${each} endpoints a thread, and media.max_endpoints is ${media.max_endpoints}`,
    ),
  ];
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host.startsWith('127.');
