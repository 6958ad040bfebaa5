import type * as Files from 'node:fs';
import { watchFile } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { keepCertificatesFresh } from '../../src/boot/fresh-certificates.js';
import { minutes } from '../../src/domain/time.js';
import { PrometheusMetrics } from '../../src/telemetry/metrics.js';
import { TestAuthority } from '../support/certificates.js';
import { FakeClock } from '../support/fake-clock.js';
import { recordingLog } from '../support/recording-telemetry.js';

vi.mock('node:fs', async (original) => ({
  ...(await original<typeof Files>()),
  watchFile: vi.fn(),
  unwatchFile: vi.fn(),
}));
afterEach(() => vi.mocked(watchFile).mockClear());

const day = minutes(24 * 60);
let authority: TestAuthority;
beforeAll(() => void (authority = new TestAuthority()));
afterAll(() => authority.close());

function keeping(days: number) {
  const clock = new FakeClock(Date.now());
  const log = recordingLog();
  const metrics = new PrometheusMetrics({ version: '0.1.0', node: 'n1' });
  const files = authority.issue(`of-${days}`, ['DNS:callveil.example'], days);
  const engine = { reloadTls: () => Promise.resolve() };
  const tls = {
    ...files,
    caFile: undefined,
    clientCertificates: 'none' as const,
    minVersion: 'TLSv1.2' as const,
    wildcardNames: false,
  };
  const kept = keepCertificatesFresh(tls, { engine, clock, log, metrics });
  return { clock, lines: log.lines, metrics, kept };
}

describe('a certificate in use', () => {
  it('that expires soon is told every day, not only at the start', () => {
    const { clock, lines, kept } = keeping(17);
    clock.advance(day);
    expect(lines).toEqual([]);
    for (let i = 0; i < 5; i += 1) clock.advance(day);
    kept.stop();
    expect(lines.length).toBeGreaterThanOrEqual(3);
    expect(String(lines.at(-1)?.fields['says'])).toMatch(/certificate_file: expires on .* days$/);
    const told = lines.length;
    clock.advance(day);
    expect(lines).toHaveLength(told);
  });

  it('shows at /metrics when it expires', async () => {
    const { metrics, kept } = keeping(90);
    kept.stop();
    const page = await metrics.render();
    const [, at] =
      /^callveil_sip_tls_certificate_expiry_seconds\{file=".+"\} (\d+)$/m.exec(page) ?? [];
    expect(Number(at) - Date.now() / 1000).toBeGreaterThan(88 * 86_400);
    expect(Number(at) - Date.now() / 1000).toBeLessThan(92 * 86_400);
  });

  it('has no metric where there is no TLS, so that no alert fires', async () => {
    const page = await new PrometheusMetrics({ version: '0.1.0', node: 'n1' }).render();
    expect(page).not.toMatch(/^callveil_sip_tls_certificate_expiry_seconds/m);
  });
});

it('watches a certificate that is its own authority once, so that a change is told once', () => {
  const files = { certificateFile: '/own.pem', keyFile: '/own.key', caFile: '/own.pem' };
  const tls = { ...files, clientCertificates: 'none', minVersion: 'TLSv1.2' } as const;
  const engine = { reloadTls: () => Promise.resolve() };
  const metrics = { certificateExpiry: () => undefined };
  const around = { engine, metrics, clock: new FakeClock(), log: recordingLog() };
  keepCertificatesFresh({ ...tls, wildcardNames: false }, around).stop();
  expect(vi.mocked(watchFile).mock.calls.map(([file]) => file)).toEqual(['/own.pem', '/own.key']);
});
