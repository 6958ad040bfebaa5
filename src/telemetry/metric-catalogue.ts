import { CALL_RESULTS, VERDICTS } from '../domain/calls/verdict.js';
import { CONSENT_OUTCOMES } from '../domain/consent/outcome.js';
import type { ConsentRole } from '../domain/consent/policy.js';
import { IVR_OUTCOMES } from '../domain/ivr/outcome.js';
import type { Direction } from '../domain/records/leg-record.js';
import type { SessionKind } from '../domain/sessions/session.js';
import type { MediaFailure } from '../flows/ports/media.js';
import type { CallStage, LeakField, TurnedAway } from '../flows/ports/telemetry.js';

/**
 * Every metric of the product, declared once: docs/metrics.md is generated from here. A label has a
 * closed set of values, so that nothing a carrier sends can make a new series.
 */
interface MetricRow {
  readonly help: string;
  readonly labels: Readonly<Record<string, readonly string[] | 'configured'>>;
  readonly buckets?: readonly number[];
}

export const OTHER = 'other';

const FAILURES = [
  ...['no-server', 'no-endpoint', 'gone'],
  ...['not-played', 'not-recorded', 'not-bridged'],
] as const satisfies MediaFailure[];

/** The values of a label that is spelled out in docs/verdicts.md. */
export const EVERY_VERDICT: readonly string[] = Object.keys(VERDICTS);

const DIRECTIONS = ['from_carrier', 'from_pbx', 'from_api'] as const satisfies Direction[];
const IN_OUT = ['in', 'out'] as const;
const METHODS = [
  ...['INVITE', 'ACK', 'BYE', 'CANCEL', 'OPTIONS', 'REGISTER', 'PRACK', 'UPDATE', 'INFO', 'REFER'],
  ...['NOTIFY', 'SUBSCRIBE', 'MESSAGE', 'PUBLISH'],
];
const direction = { direction: DIRECTIONS };

/** Seconds within which a person waits for ringing or for an answer. */
const WAIT = [0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 13, 30, 60];
const TALK = [1, 10, 60, 300, 900, 1800, 3600, 7200];
/** Our own steps take milliseconds, dialing takes as long as the callee does. */
const STAGE = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 13, 30, 60];

export const COUNTERS = {
  callveil_calls_total: {
    help: 'Calls that have ended, by how.',
    labels: { ...direction, result: CALL_RESULTS, reason: EVERY_VERDICT },
  },
  callveil_leak_guard_blocks_total: {
    help: 'Messages that the leak guard stopped from leaving. Alert when it grows.',
    labels: { field: ['start-line', 'header', 'body'] satisfies LeakField[] },
  },
  callveil_sip_messages_too_large_total: {
    help: 'Messages not sent because drachtio-server could not have read them, by what was large.',
    labels: { part: ['body', 'header'] },
  },
  callveil_sip_requests_total: {
    help: 'SIP requests received and sent.',
    labels: { direction: IN_OUT, method: METHODS },
  },
  callveil_sip_responses_total: {
    help: 'SIP responses received and sent.',
    labels: { direction: IN_OUT, status_class: ['1xx', '2xx', '3xx', '4xx', '5xx', '6xx'] },
  },
  callveil_sessions_opened_total: {
    help: 'Sessions opened.',
    labels: {
      kind: ['session', 'case', 'customer', 'agent', 'static'] satisfies SessionKind[],
    },
  },
  callveil_sessions_ended_total: {
    help: 'Sessions ended.',
    labels: { how: ['closed', 'expired'] },
  },
  callveil_vault_operations_total: {
    help: 'Addresses sealed into the vault and turned back into digits.',
    labels: { op: ['keep', 'reveal'], outcome: ['ok', 'error'] },
  },
  callveil_recordings_total: {
    help: 'Recordings that were asked for and have ended: sealed and available, or failed. Alert when failed grows.',
    labels: { outcome: ['available', 'failed'] },
  },
  callveil_consent_outcomes_total: {
    help: 'Parties asked about recording before they talked, by what came of it.',
    labels: { outcome: CONSENT_OUTCOMES, role: ['customer', 'agent'] satisfies ConsentRole[] },
  },
  callveil_ivr_outcomes_total: {
    help: 'Late callbacks that the IVR has answered, by what they came to. Alert when locked grows: somebody tries PINs.',
    labels: { outcome: IVR_OUTCOMES },
  },
  callveil_sip_invites_turned_away_total: {
    help: 'INVITEs answered before they became a call: from an address and port that are no trunk, with wrong credentials, or of a call that is here already. They have no record and are not in callveil_calls_total.',
    labels: {
      reason: ['unknown-source', 'credentials-wrong', 'loop-detected'] satisfies TurnedAway[],
    },
  },
  callveil_sip_engine_dropped_total: {
    help: 'Messages and connections that the embedded engine let go without an answer: of strangers, beyond a rate, of scanners, no SIP; connections for which there was no place (full), whose TLS or WebSocket handshake failed, from a page of another origin, silent for too long.',
    labels: {
      reason: [
        ...['stranger', 'rate', 'scanner', 'noise'],
        ...['full', 'handshake', 'origin', 'silent'],
      ],
    },
  },
  callveil_sip_engine_refused_total: {
    help: 'New requests that the embedded engine answered 503 by itself: overload, or a bound of sip.limits is reached.',
    labels: { reason: ['overload', 'full'] },
  },
  callveil_media_failures_total: {
    help: 'What a media server was asked for and did not do. no-endpoint: it gave no endpoint; not-played, not-recorded, not-bridged: it refused, or did not answer in time; gone: an endpoint or its server was lost meanwhile.',
    labels: { server: 'configured', failure: FAILURES },
  },
} as const satisfies Record<string, MetricRow>;

export const GAUGES = {
  callveil_calls_active: { help: 'Calls under way.', labels: direction },
  callveil_legs_active: { help: 'Legs under way; a connected call has two.', labels: direction },
  callveil_dependency_up: {
    help: '1 while the dependency works, 0 while calls are refused for its sake.',
    labels: { dependency: ['sip_engine', 'store', 'vault', 'media'] },
  },
  callveil_recordings_unsealed: {
    help: 'Recordings that have ended and whose plain file is not sealed yet. Alert when it stays above 0 for minutes.',
    labels: {},
  },
  callveil_sip_engine_overloaded: {
    help: '1 while the embedded engine holds new calls back.',
    labels: {},
  },
  callveil_sip_engine_delay_seconds: {
    help: 'Longest that a message waited to be handled during the last second: for the event loop of the embedded engine or for ours.',
    labels: {},
  },
  callveil_sip_engine_load: {
    help: 'What the embedded engine holds now: frames that wait for us, requests without a final answer, transactions, dialogs, connections.',
    labels: {
      what: ['queued_frames', 'unanswered_requests', 'transactions', 'dialogs', 'connections'],
    },
  },
  callveil_media_server_up: {
    help: '1 while we are connected to the media server; it may take no calls all the same.',
    labels: { server: 'configured' },
  },
  callveil_media_endpoints: {
    help: 'Endpoints of ours on the media server; a call has two.',
    labels: { server: 'configured' },
  },
  callveil_sip_tls_certificate_expiry_seconds: {
    help: 'When the certificate in use expires, in Unix time. Alert when it is less than two weeks ahead of time().',
    labels: { file: 'configured' },
  },
  callveil_build_info: {
    help: 'Always 1; its labels say what runs.',
    labels: { version: 'configured', node: 'configured' },
  },
} as const satisfies Record<string, MetricRow>;

export const HISTOGRAMS = {
  callveil_call_setup_seconds: {
    help: 'From INVITE to the first 18x or 200 for the caller (post-dial delay).',
    labels: direction,
    buckets: WAIT,
  },
  callveil_call_answer_seconds: {
    help: 'From INVITE to the answer.',
    labels: direction,
    buckets: WAIT,
  },
  callveil_call_duration_seconds: {
    help: 'From the answer to the end, of answered calls.',
    labels: direction,
    buckets: TALK,
  },
  callveil_recording_seconds: {
    help: 'Length of the audio of recordings that became available.',
    labels: {},
    buckets: TALK,
  },
  callveil_stage_seconds: {
    help: 'How long one stage of a call took.',
    labels: { stage: ['resolve', 'plan'] satisfies CallStage[] },
    buckets: STAGE,
  },
  callveil_media_prompt_start_seconds: {
    help: 'From asking a media server to play until it began.',
    labels: { server: 'configured' },
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2],
  },
} as const satisfies Record<string, MetricRow>;

export type CounterName = keyof typeof COUNTERS;
export type GaugeName = keyof typeof GAUGES;
export type HistogramName = keyof typeof HISTOGRAMS;

/** The catalogue as rows, for documentation and for building the registry. */
export const metricRows = (): (MetricRow & {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
})[] => [
  ...Object.entries(COUNTERS).map(([name, row]) => ({ name, type: 'counter' as const, ...row })),
  ...Object.entries(GAUGES).map(([name, row]) => ({ name, type: 'gauge' as const, ...row })),
  ...Object.entries(HISTOGRAMS).map(([name, row]) => ({
    name,
    type: 'histogram' as const,
    ...row,
  })),
];
