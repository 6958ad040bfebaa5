import type * as Files from 'node:fs';
import { watchFile } from 'node:fs';
import { afterEach, expect, it, vi } from 'vitest';
import { keepCertificatesFresh } from '../../src/boot/fresh-certificates.js';
import type { Log } from '../../src/flows/ports/telemetry.js';

vi.mock('node:fs', async (original) => ({
  ...(await original<typeof Files>()),
  watchFile: vi.fn(),
  unwatchFile: vi.fn(),
}));
afterEach(() => vi.mocked(watchFile).mockClear());

it('watches a certificate that is its own authority once, so that a change is told once', () => {
  const files = { certificateFile: '/own.pem', keyFile: '/own.key', caFile: '/own.pem' };
  const tls = { ...files, clientCertificates: 'none', minVersion: 'TLSv1.2' } as const;
  const engine = { reloadTls: () => Promise.resolve() };
  keepCertificatesFresh({ ...tls, wildcardNames: false }, engine, {} as Log).stop();
  expect(vi.mocked(watchFile).mock.calls.map(([file]) => file)).toEqual(['/own.pem', '/own.key']);
});
