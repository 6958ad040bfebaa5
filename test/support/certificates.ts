import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Issued {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** A certificate authority of the tests' own, in a temporary directory; OpenSSL does the work. */
export class TestAuthority {
  readonly directory = mkdtempSync(join(tmpdir(), 'callveil-authority-'));
  readonly caFile = join(this.directory, 'ca.pem');
  readonly #caKey = join(this.directory, 'ca.key');

  constructor(name = 'Test Authority') {
    openssl(
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-keyout', this.#caKey, '-out', this.caFile, '-subj', `/CN=${name}`, '-days', '2'],
    );
  }

  /** `names` as OpenSSL writes them: `DNS:sip.example`, `URI:sip:example`, `IP:127.0.0.1`. */
  issue(file: string, names: readonly string[], days = 2): Issued {
    const path = (end: string): string => join(this.directory, `${file}.${end}`);
    const [keyFile, certificateFile] = [path('key'), path('pem')];
    openssl(
      ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-keyout', keyFile, '-out', path('csr'), '-subj', `/CN=${file}`],
    );
    writeFileSync(path('ext'), `subjectAltName=${names.join(',')}\n`);
    openssl(
      ...['x509', '-req', '-in', path('csr'), '-CA', this.caFile, '-CAkey', this.#caKey],
      ...['-CAcreateserial', '-extfile', path('ext'), '-days', String(days)],
      ...['-out', certificateFile],
    );
    return { certificateFile, keyFile };
  }

  close(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function openssl(...parts: string[]): void {
  const { status, stderr } = spawnSync('openssl', parts, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${parts[0] ?? ''} failed: ${stderr}`);
}
