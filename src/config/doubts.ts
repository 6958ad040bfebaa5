import { isDeepStrictEqual } from 'node:util';
import { consentDoubts } from './consent-checks.js';
import { ivrDoubts } from './ivr-policy.js';
import { recordingDoubts } from './recording-policy.js';
import type { ConfigIssue } from './issues.js';
import { hasPort, isWide } from '../domain/source-address.js';
import { mediaDoubts } from './media-checks.js';
import { parseListen } from './listen-address.js';
import { configSchema, type ConfigFile } from './schema.js';
import { transportOf } from './target-transport.js';

/** What is allowed but hardly meant: told at start-up and by check-config, never an error. */
export function doubts(file: ConfigFile): ConfigIssue[] {
  return DOUBTS.flatMap((doubt) => doubt(file));
}

/** A password may open a trunk to any address; the front door then cannot tell it from strangers. */
function openSources(file: ConfigFile): ConfigIssue[] {
  return file.trunks.flatMap((trunk, at) =>
    trunk.sources.flatMap((source, s) =>
      trunk.inbound_credentials !== undefined && isWide(source)
        ? [
            {
              path: ['trunks', at, 'sources', s],
              message:
                'is a wide block, of which anybody is heard: the trunk gets the rates of strangers (sip.admission)',
            },
          ]
        : [],
    ),
  );
}

/** The embedded engine sends over the protocols it listens on. */
function unreachableTargets(file: ConfigFile): ConfigIssue[] {
  if (file.sip.engine !== 'embedded') return [];
  const spoken = file.sip.listen.map((text) => text.slice(0, text.indexOf(':')));
  return file.trunks.flatMap((trunk, at) =>
    trunk.targets.flatMap((target, t) => {
      const wanted = transportOf(target);
      if (spoken.includes(wanted)) return [];
      return [
        {
          path: ['trunks', at, 'targets', t],
          message: `wants ${wanted}, and sip.listen has no ${wanted} listener: the target cannot be reached`,
        },
      ];
    }),
  );
}

/**
 * A peer calls from any port over a connection, so that a source with a port lets none in. Only
 * listeners that the trunk may arrive on count.
 */
function unreachableStreams(file: ConfigFile): ConfigIssue[] {
  if (file.sip.engine !== 'embedded') return [];
  const listeners = file.sip.listen.flatMap((text) => parseListen(text) ?? []);
  return file.trunks.flatMap((trunk, at) => {
    const own = listeners.filter(({ port }) => port === (trunk.listen_port ?? port));
    const streams = new Set(own.map(({ protocol }) => protocol).filter((name) => name !== 'udp'));
    if (streams.size === 0 || !trunk.sources.every(hasPort)) return [];
    const message = `have a port each: over ${[...streams].join(', ')} a peer calls from any port, and is refused from another than these`;
    return [{ path: ['trunks', at, 'sources'], message }];
  });
}

/** Bounds beyond another one never come into play. */
function idleLimits({ sip: { limits } }: ConfigFile): ConfigIssue[] {
  const pairs = [
    ['start_line_bytes', 'message_bytes'],
    ['header_line_bytes', 'message_bytes'],
    ['connections_per_source', 'connections'],
  ] as const;
  return pairs.flatMap(([part, whole]) =>
    limits[part] <= limits[whole]
      ? []
      : [
          {
            path: ['sip', 'limits', part],
            message: `is ${limits[part]} and has no effect: ${whole} is ${limits[whole]}`,
          },
        ],
  );
}

const EMBEDDED_ALONE = [
  'listen',
  'tls',
  'websocket',
  'external_address',
  'dns',
  'large_requests',
  'admission',
  'overload',
  'limits',
] as const;

function unusedSections({ sip }: ConfigFile): ConfigIssue[] {
  const unused = (key: string): ConfigIssue => ({
    path: ['sip', key],
    message: `is not used: sip.engine is ${sip.engine}`,
  });
  if (sip.engine === 'embedded') return sip.drachtio === undefined ? [] : [unused('drachtio')];
  const untouched = configSchema.shape.sip.parse({});
  return EMBEDDED_ALONE.filter((key) => !isDeepStrictEqual(sip[key], untouched[key])).map(unused);
}

/**
 * A call has two dialogs, and two more with its endpoints; one request waits for its answer while it
 * rings.
 */
function narrowLimits({ sip, media, trunks }: ConfigFile): ConfigIssue[] {
  if (sip.engine !== 'embedded') return [];
  const { max_calls: calls, limits } = sip;
  const anchored = media.engine !== 'none' && trunks.some((trunk) => trunk.media === 'anchored');
  const needed = [
    ['pending', calls],
    ['dialogs', (anchored ? 4 : 2) * calls],
  ] as const;
  return needed.flatMap(([limit, least]) =>
    limits[limit] >= least
      ? []
      : [
          {
            path: ['sip', 'limits', limit],
            message: `is less than ${least}, which sip.max_calls ${calls} may need: the engine refuses calls before that many are under way`,
          },
        ],
  );
}

const DOUBTS = [
  narrowLimits,
  mediaDoubts,
  openSources,
  unreachableTargets,
  unreachableStreams,
  idleLimits,
  unusedSections,
  consentDoubts,
  recordingDoubts,
  ivrDoubts,
];
