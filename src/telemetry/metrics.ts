import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { CallResult, VerdictReason } from '../domain/calls/verdict.js';
import type { ConsentOutcome } from '../domain/consent/outcome.js';
import type { ConsentRole } from '../domain/consent/policy.js';
import type { IvrOutcome } from '../domain/ivr/outcome.js';
import type { Direction } from '../domain/records/leg-record.js';
import type { Millis } from '../domain/time.js';
import type { MediaFailure } from '../flows/ports/media.js';
import type { CallStage, LeakField, Log, Metrics, TurnedAway } from '../flows/ports/telemetry.js';
import type { CounterName, GaugeName, HistogramName } from './metric-catalogue.js';
import { closedLabels, type LabelValues } from './metric-labels.js';
import { PendingCounts } from './pending-counts.js';
import { COUNTERS, GAUGES, HISTOGRAMS } from './metric-catalogue.js';

/** A peer may invent methods, each of which is a series until its label is closed. */
const MOST_PENDING = 512;

export interface MetricsOptions {
  readonly version: string;
  readonly node: string;
  /** Told once for each metric that could not be recorded. */
  readonly log?: Log;
}

/** What the embedded engine tells about itself; counts are since it started. */
export interface EngineVitals {
  readonly dropped: Readonly<Record<string, number>>;
  readonly refused: Readonly<Record<'overload' | 'full', number>>;
  readonly overloaded: boolean;
  readonly delayMs: number;
  readonly queued: number;
  readonly unanswered: number;
  readonly transactions: number;
  readonly dialogs: number;
  readonly connections: number;
}

/** The Metrics port on a Prometheus registry of its own, never the global one. */
export class PrometheusMetrics implements Metrics {
  readonly #registry = new Registry();
  readonly #counters: Readonly<Record<CounterName, Counter>>;
  readonly #gauges: Readonly<Record<GaugeName, Gauge>>;
  readonly #histograms: Readonly<Record<HistogramName, Histogram>>;
  readonly #log: Log | undefined;
  readonly #failed = new Set<string>();
  readonly #messages = new PendingCounts<CounterName>();
  /** What the engine's counts were when they were last taken. */
  readonly #engineCounts = new Map<string, number>();

  constructor(options: MetricsOptions) {
    const registers = [this.#registry];
    this.#log = options.log;
    this.#counters = build(COUNTERS, (name, { help, labels }) => {
      return new Counter({ name, help, labelNames: Object.keys(labels), registers });
    });
    this.#gauges = build(GAUGES, (name, { help, labels }) => {
      return new Gauge({ name, help, labelNames: Object.keys(labels), registers });
    });
    this.#histograms = build(HISTOGRAMS, (name, { help, labels, buckets }) => {
      return new Histogram({
        name,
        help,
        labelNames: Object.keys(labels),
        buckets: [...buckets],
        registers,
      });
    });
    collectDefaultMetrics({ register: this.#registry });
    this.#gauge('callveil_build_info', { version: options.version, node: options.node }, 'set', 1);
    this.#startAtZero();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The exposition text that Prometheus scrapes. */
  render(): Promise<string> {
    this.#countMessages();
    return this.#registry.metrics();
  }

  callArrived(direction: Direction): void {
    this.#gauge('callveil_calls_active', { direction }, 'inc', 1);
  }

  callEnded(direction: Direction, result: CallResult, reason: VerdictReason): void {
    this.#gauge('callveil_calls_active', { direction }, 'dec', 1);
    this.#count('callveil_calls_total', { direction, result, reason });
  }

  callSetup(direction: Direction, postDialDelay: Millis): void {
    this.#observe('callveil_call_setup_seconds', { direction }, postDialDelay);
  }

  callAnswered(direction: Direction, afterInvite: Millis): void {
    this.#observe('callveil_call_answer_seconds', { direction }, afterInvite);
  }

  callTalked(direction: Direction, duration: Millis): void {
    this.#observe('callveil_call_duration_seconds', { direction }, duration);
  }

  stage(stage: CallStage, took: Millis): void {
    this.#observe('callveil_stage_seconds', { stage }, took);
  }

  legStarted(direction: Direction): void {
    this.#gauge('callveil_legs_active', { direction }, 'inc', 1);
  }

  legEnded(direction: Direction): void {
    this.#gauge('callveil_legs_active', { direction }, 'dec', 1);
  }

  leakBlocked(field: LeakField): void {
    this.#count('callveil_leak_guard_blocks_total', { field });
  }

  consentOutcome(role: ConsentRole, outcome: ConsentOutcome): void {
    this.#count('callveil_consent_outcomes_total', { role, outcome });
  }

  ivrOutcome(outcome: IvrOutcome): void {
    this.#count('callveil_ivr_outcomes_total', { outcome });
  }

  messageTooLarge(part: 'body' | 'header'): void {
    this.#count('callveil_sip_messages_too_large_total', { part });
  }

  sipRequest(direction: 'in' | 'out', method: string): void {
    this.#countMessage('callveil_sip_requests_total', { direction, method });
  }

  sipResponse(direction: 'in' | 'out', status: number): void {
    const status_class = `${Math.floor(status / 100)}xx`;
    this.#countMessage('callveil_sip_responses_total', { direction, status_class });
  }

  sessionOpened(kind: string): void {
    this.#count('callveil_sessions_opened_total', { kind });
  }

  sessionEnded(how: 'closed' | 'expired', count: number): void {
    this.#count('callveil_sessions_ended_total', { how }, count);
  }

  vaultOperation(op: 'keep' | 'reveal', outcome: 'ok' | 'error'): void {
    this.#count('callveil_vault_operations_total', { op, outcome });
  }

  recordingFinished(outcome: 'available' | 'failed', duration: Millis | undefined): void {
    this.#count('callveil_recordings_total', { outcome });
    if (duration !== undefined) this.#observe('callveil_recording_seconds', {}, duration);
  }

  recordingsUnsealed(count: number): void {
    this.#gauge('callveil_recordings_unsealed', {}, 'set', count);
  }

  inviteTurnedAway(reason: TurnedAway): void {
    this.#count('callveil_sip_invites_turned_away_total', { reason });
  }

  dependency(name: 'sip_engine' | 'store' | 'vault' | 'media', up: boolean): void {
    this.#gauge('callveil_dependency_up', { dependency: name }, 'set', up ? 1 : 0);
  }

  /** No gauge without a certificate: nothing is about to expire. */
  certificateExpiry(file: string, at: Date | undefined): void {
    if (at === undefined) return;
    this.#gauge(
      'callveil_sip_tls_certificate_expiry_seconds',
      { file },
      'set',
      at.getTime() / 1000,
    );
  }

  mediaServerUp(server: string, up: boolean): void {
    this.#gauge('callveil_media_server_up', { server }, 'set', up ? 1 : 0);
  }

  mediaEndpoints(server: string, count: number): void {
    this.#gauge('callveil_media_endpoints', { server }, 'set', count);
  }

  mediaFailed(server: string, failure: MediaFailure): void {
    this.#count('callveil_media_failures_total', { server, failure });
  }

  promptStarted(server: string, after: Millis): void {
    this.#observe('callveil_media_prompt_start_seconds', { server }, after);
  }

  engineVitals(vitals: EngineVitals): void {
    this.#engineCount('callveil_sip_engine_dropped_total', vitals.dropped);
    this.#engineCount('callveil_sip_engine_refused_total', vitals.refused);
    this.#gauge('callveil_sip_engine_overloaded', {}, 'set', vitals.overloaded ? 1 : 0);
    this.#gauge('callveil_sip_engine_delay_seconds', {}, 'set', vitals.delayMs / 1000);
    const load = {
      queued_frames: vitals.queued,
      unanswered_requests: vitals.unanswered,
      transactions: vitals.transactions,
      dialogs: vitals.dialogs,
      connections: vitals.connections,
    };
    for (const [what, value] of Object.entries(load)) {
      this.#gauge('callveil_sip_engine_load', { what }, 'set', value);
    }
  }

  #engineCount(name: CounterName, counts: Readonly<Record<string, number>>): void {
    for (const [reason, count] of Object.entries(counts)) {
      const key = `${name} ${reason}`;
      this.#count(name, { reason }, count - (this.#engineCounts.get(key) ?? 0));
      this.#engineCounts.set(key, count);
    }
  }

  /** A series that appears with its first event has no increase, and no alert sees it. */
  #startAtZero(): void {
    for (const field of COUNTERS.callveil_leak_guard_blocks_total.labels.field) {
      this.#count('callveil_leak_guard_blocks_total', { field }, 0);
    }
    for (const outcome of COUNTERS.callveil_recordings_total.labels.outcome) {
      this.#count('callveil_recordings_total', { outcome }, 0);
    }
    for (const outcome of COUNTERS.callveil_ivr_outcomes_total.labels.outcome) {
      this.#count('callveil_ivr_outcomes_total', { outcome }, 0);
    }
    for (const direction of GAUGES.callveil_calls_active.labels.direction) {
      this.#gauge('callveil_calls_active', { direction }, 'set', 0);
      this.#gauge('callveil_legs_active', { direction }, 'set', 0);
    }
  }

  #count(name: CounterName, labels: LabelValues, by = 1): void {
    this.#safely(name, () =>
      this.#counters[name].inc(closedLabels(COUNTERS[name].labels, labels), by),
    );
  }

  #countMessage(name: CounterName, labels: LabelValues): void {
    this.#messages.add(name, labels);
    if (this.#messages.size > MOST_PENDING) this.#countMessages();
  }

  #countMessages(): void {
    for (const { name, labels, count } of this.#messages.take()) this.#count(name, labels, count);
  }

  #gauge(name: GaugeName, labels: LabelValues, how: 'inc' | 'dec' | 'set', value: number): void {
    this.#safely(name, () =>
      this.#gauges[name][how](closedLabels(GAUGES[name].labels, labels), value),
    );
  }

  #observe(name: HistogramName, labels: LabelValues, took: Millis): void {
    this.#safely(name, () => {
      this.#histograms[name].observe(closedLabels(HISTOGRAMS[name].labels, labels), took / 1000);
    });
  }

  /** A call must not fail because it could not be counted. */
  #safely(name: string, record: () => void): void {
    try {
      record();
    } catch (error) {
      if (this.#failed.has(name)) return;
      this.#failed.add(name);
      this.#log?.warn('A metric could not be recorded; later failures of it are not logged.', {
        metric: name,
        err: error instanceof Error ? error : undefined,
      });
    }
  }
}

function build<Name extends string, Row, Built>(
  rows: Readonly<Record<Name, Row>>,
  make: (name: Name, row: Row) => Built,
): Record<Name, Built> {
  const entries = Object.entries<Row>(rows) as [Name, Row][];
  return Object.fromEntries(entries.map(([name, row]) => [name, make(name, row)])) as Record<
    Name,
    Built
  >;
}
