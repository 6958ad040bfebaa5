import { describe, expect, it } from 'vitest';
import { millis } from '../../src/domain/time.js';
import type { Log } from '../../src/flows/ports/telemetry.js';
import { metricRows } from '../../src/telemetry/metric-catalogue.js';
import { metricsReference } from '../../src/telemetry/metrics-reference.js';
import { PrometheusMetrics } from '../../src/telemetry/metrics.js';

const metrics = (log?: Log) =>
  new PrometheusMetrics({ version: '0.1.0', node: 'n1', ...(log && { log }) });

describe('PrometheusMetrics', () => {
  it('counts a call by direction, result and reason, and knows how many are under way', async () => {
    const m = metrics();
    m.callArrived('from_carrier');
    m.callArrived('from_carrier');
    m.callEnded('from_carrier', 'success', 'caller-hung-up');
    const text = await m.render();
    expect(text).toContain('callveil_calls_active{direction="from_carrier"} 1');
    expect(text).toContain(
      'callveil_calls_total{direction="from_carrier",result="success",reason="caller-hung-up"} 1',
    );
  });

  it('records durations in seconds', async () => {
    const m = metrics();
    m.callSetup('from_pbx', millis(1500));
    m.callAnswered('from_pbx', millis(4000));
    m.callTalked('from_pbx', millis(61_000));
    m.stage('plan', millis(2));
    const text = await m.render();
    expect(text).toContain('callveil_call_setup_seconds_sum{direction="from_pbx"} 1.5');
    expect(text).toContain('callveil_call_setup_seconds_bucket{le="2",direction="from_pbx"} 1');
    expect(text).toContain('callveil_call_duration_seconds_sum{direction="from_pbx"} 61');
    expect(text).toContain('callveil_stage_seconds_sum{stage="plan"} 0.002');
  });

  it('puts a method or status that a peer invented under other', async () => {
    const m = metrics();
    m.sipRequest('in', 'INVITE');
    m.sipRequest('in', '+14155550123');
    m.sipResponse('out', 486);
    m.sipResponse('in', 999);
    m.sessionOpened('sess-of-someone');
    const text = await m.render();
    expect(text).toContain('callveil_sip_requests_total{direction="in",method="INVITE"} 1');
    expect(text).toContain('callveil_sip_requests_total{direction="in",method="other"} 1');
    expect(text).toContain('callveil_sip_responses_total{direction="out",status_class="4xx"} 1');
    expect(text).toContain('callveil_sip_responses_total{direction="in",status_class="other"} 1');
    expect(text).toContain('callveil_sessions_opened_total{kind="other"} 1');
    expect(text).not.toContain('4155550123');
  });

  it('adds up what is counted between two scrapes, and counts on after them', async () => {
    const m = metrics();
    const shown = async (): Promise<string | undefined> =>
      /requests_total\{direction="in",method="BYE"\} (\d+)/.exec(await m.render())?.[1];
    for (let i = 0; i < 3; i += 1) m.sipRequest('in', 'BYE');
    m.sipRequest('out', 'BYE');
    expect(await shown()).toBe('3');
    expect(await shown()).toBe('3');
    m.sipRequest('in', 'BYE');
    expect(await shown()).toBe('4');
  });

  it('loses no count when a peer invents a method with each request', async () => {
    const m = metrics();
    for (let i = 0; i < 2000; i += 1) m.sipRequest('in', `M${i}`);
    expect(await m.render()).toContain('requests_total{direction="in",method="other"} 2000');
  });

  it('shows leak blocks as 0 before the first one, so that an alert sees it', async () => {
    const m = metrics();
    expect(await m.render()).toContain('callveil_leak_guard_blocks_total{field="header"} 0');
    m.leakBlocked('header');
    expect(await m.render()).toContain('callveil_leak_guard_blocks_total{field="header"} 1');
  });

  it('counts what came of asking for consent, by role', async () => {
    const m = metrics();
    m.consentOutcome('customer', 'opted-in');
    expect(await m.render()).toContain(
      'callveil_consent_outcomes_total{role="customer",outcome="opted-in"} 1',
    );
  });

  it('tells dependencies, sessions, vault operations, legs and the build', async () => {
    const m = metrics();
    m.dependency('store', true);
    m.dependency('store', false);
    m.sessionEnded('expired', 3);
    m.vaultOperation('reveal', 'error');
    m.legStarted('from_pbx');
    m.legStarted('from_pbx');
    m.legEnded('from_pbx');
    const text = await m.render();
    expect(text).toContain('callveil_dependency_up{dependency="store"} 0');
    expect(text).toContain('callveil_sessions_ended_total{how="expired"} 3');
    expect(text).toContain('callveil_vault_operations_total{op="reveal",outcome="error"} 1');
    expect(text).toContain('callveil_legs_active{direction="from_pbx"} 1');
    expect(text).toContain('callveil_build_info{version="0.1.0",node="n1"} 1');
  });

  it('never throws, and says once which metric failed', () => {
    const warned: unknown[] = [];
    const log = { warn: (_: string, fields?: unknown) => warned.push(fields) } as unknown as Log;
    const m = metrics(log);
    expect(() => m.callSetup('from_pbx', millis(Number.NaN))).not.toThrow();
    m.callSetup('from_pbx', millis(Number.NaN));
    m.sessionEnded('closed', -1);
    expect(warned).toEqual([
      expect.objectContaining({ metric: 'callveil_call_setup_seconds' }),
      expect.objectContaining({ metric: 'callveil_sessions_ended_total' }),
    ]);
  });

  it('has a registry of its own with every declared metric and the process defaults', async () => {
    const [one, two] = [metrics(), metrics()];
    one.callArrived('from_pbx');
    expect(await two.render()).toContain('callveil_calls_active{direction="from_pbx"} 0');
    const text = await two.render();
    for (const { name } of metricRows()) expect(text).toContain(`# TYPE ${name} `);
    expect(text).toContain('process_cpu_seconds_total');
  });
});

describe('the metric catalogue', () => {
  it('follows the naming rules: one prefix, base units, counters in _total', () => {
    for (const { name, type } of metricRows()) {
      expect(name).toMatch(/^callveil_[a-z_]+$/);
      expect(name.endsWith('_total')).toBe(type === 'counter');
      if (type === 'histogram') expect(name).toMatch(/_seconds$/);
    }
  });
});

describe('the reference of metrics', () => {
  const row = (name: string) =>
    metricsReference()
      .split('\n')
      .find((line) => line.includes(`\`${name}\``));

  it('points to the verdicts only where a reason is one, and spells other reasons out', () => {
    expect(row('callveil_calls_total')).toContain('`reason`: a verdict of docs/verdicts.md');
    expect(row('callveil_sip_engine_refused_total')).toContain('`reason`: overload, full');
  });
});
