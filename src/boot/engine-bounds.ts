import type { Config } from '../config/config.js';
import { blockOf, isWide } from '../domain/source-address.js';
import { emergencyNumbersOf } from '../domain/numbers/emergency.js';
import type { Trunk } from '../domain/identity/trunk.js';
import type { launchSipServer } from '../embedded/sip-server/index.js';
import { mediaHosts } from './media-hosts.js';

type EngineOptions = Parameters<typeof launchSipServer>[0];
type Bounds = Required<
  Pick<EngineOptions, 'admission' | 'overload' | 'emergencyNumbers' | 'limits' | 'transportLimits'>
>;

/**
 * `sip.admission`, `sip.overload` and `sip.limits` in the engine's own terms; its known peers are the
 * trunks, and the numbers it never holds back those for help in the countries of trunks and tenants
 * and those that tenants add.
 */
export function engineBounds({
  sip,
  trunks,
  tenants,
  media,
}: Pick<Config, 'sip' | 'trunks' | 'tenants' | 'media'>): Bounds {
  const { admission, overload, limits } = sip;
  return {
    admission: {
      // What media servers send belongs to dialogs that we began; they are no trunk all the same.
      peers: [...trunks.flatMap(addressesOf), ...mediaHosts({ media })],
      guests: trunks.flatMap(guestsOf),
      strangers: admission.strangers,
      strangerPerSecond: admission.stranger_per_second,
      strangersPerSecond: admission.strangers_per_second,
      peerPerSecond: admission.trunk_per_second ?? Infinity,
      sources: admission.sources,
      scannerAgents: admission.scanner_agents,
    },
    overload: {
      control: overload.control,
      targetDelayMs: overload.target_delay_ms,
      retryAfterSeconds: overload.retry_after_seconds,
    },
    emergencyNumbers: emergencyNumbers(tenants, trunks),
    limits: {
      transactions: limits.transactions,
      unanswered: limits.pending,
      dialogs: limits.dialogs,
      unansweredMs: limits.no_answer_seconds * 1000,
    },
    transportLimits: {
      message: {
        messageBytes: limits.message_bytes,
        startLine: limits.start_line_bytes,
        headerFields: limits.header_fields,
        headerLine: limits.header_line_bytes,
      },
      connections: limits.connections,
      connectionsPerSource: limits.connections_per_source,
      handshakes: limits.handshakes,
      handshakeMs: limits.handshake_seconds * 1000,
      connectMs: limits.connect_seconds * 1000,
      partialMs: limits.message_seconds * 1000,
      firstMs: limits.first_message_seconds * 1000,
      halfOpenMs: limits.half_open_seconds * 1000,
      idleMs: limits.idle_seconds * 1000,
      unsentBytes: limits.unsent_bytes,
      unsentMs: limits.unsent_seconds * 1000,
    },
  };
}

function emergencyNumbers(tenants: Config['tenants'], trunks: Config['trunks']): readonly string[] {
  const countries = [...tenants, ...trunks].map(({ country }) => country);
  const added = tenants.flatMap((tenant) => tenant.emergencyNumbers);
  return [...emergencyNumbersOf(countries), ...added];
}

/** Where a trunk's messages come from: its sources, and the targets that are addresses. */
function addressesOf(trunk: Trunk): string[] {
  const { sources, targets } = trunk;
  return [
    ...sources
      .filter((source) => !isOpen(trunk, source))
      .flatMap((source) => blockOf(source) ?? []),
    // A target that is a name becomes known with the first request that goes there.
    ...targets.flatMap((target) => addressOf(target) ?? []),
  ];
}

/** Blocks from which anybody may try the trunk's password, so at the rates of strangers. */
function guestsOf(trunk: Trunk): string[] {
  return trunk.sources
    .filter((source) => isOpen(trunk, source))
    .flatMap((source) => blockOf(source) ?? []);
}

function isOpen({ inboundCredentials }: Trunk, source: string): boolean {
  return inboundCredentials !== undefined && isWide(source);
}

/** `sip:[2001:db8::1]:5060;transport=tcp` is at 2001:db8::1, `sip:sbc.example` at none. */
function addressOf(target: string): string | undefined {
  const [, ipv6, ipv4] = /^sips?:(?:\[([^\]]+)\]|(\d+(?:\.\d+){3})(?![^:;?]))/.exec(target) ?? [];
  return ipv6 ?? ipv4;
}
