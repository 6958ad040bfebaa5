import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { TestAuthority } from '../support/certificates.js';
import { example, TestDir } from '../config/support.js';

interface TlsExample {
  readonly sip: { readonly listen: string[]; readonly tls: Readonly<Record<string, string>> };
  readonly trunks: readonly Record<string, unknown>[];
}

let authority: TestAuthority;
beforeAll(() => (authority = new TestAuthority()));
afterAll(() => authority.close());

describe('docs/operations.md', () => {
  it('shows a trunk over TLS that is taken as it is written, without a warning', () => {
    const text = readFileSync('docs/operations.md', 'utf8');
    const [, yaml = ''] = /```yaml\n([^]*?)```/.exec(text) ?? [];
    const shown = parse(yaml) as TlsExample;
    expect(Object.keys(shown.sip.tls)).toEqual(['certificate_file', 'key_file', 'ca_file']);
    const { certificateFile, keyFile } = authority.issue('ours', ['DNS:ours.example'], 90);
    const tls = {
      certificate_file: certificateFile,
      key_file: keyFile,
      ca_file: authority.caFile,
    };
    const file = example();
    const config = new TestDir().loadText(
      stringify({
        ...file,
        sip: { ...shown.sip, tls },
        trunks: [...shown.trunks, ...file.trunks.slice(1)],
      }),
    );
    expect(config.trunks[0]?.targets).toEqual(['sips:sbc.carrier.example']);
    expect(config.warnings).toEqual([]);
  });
});

describe('the image', () => {
  it('exposes the port of SIP over TLS', () => {
    expect(readFileSync('Dockerfile', 'utf8')).toMatch(/^EXPOSE .*5061\/tcp/m);
  });
});
