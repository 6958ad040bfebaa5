import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkCertificateFiles } from '../../src/config/certificate-files.js';
import { issueText } from '../../src/config/issues.js';
import { maskText } from '../../src/telemetry/mask.js';
import { TestAuthority, type Issued } from '../support/certificates.js';
import { said, TestDir } from './support.js';

const dir = new TestDir();
let authority: TestAuthority;
let ours: Issued;

beforeAll(() => {
  authority = new TestAuthority();
  ours = authority.issue('ours', ['DNS:callveil.example'], 90);
});
afterAll(() => authority.close());

/** The example with a TLS listener; `tls` replaces or adds to its certificate and key. */
const load = (tls: object | undefined, listen = ['tls:127.0.0.1:5061']) =>
  dir.load((file) => {
    file.sip['listen'] = ['udp:127.0.0.1:5060', ...listen];
    if (tls === undefined) return;
    const { certificateFile, keyFile } = ours;
    file.sip['tls'] = { certificate_file: certificateFile, key_file: keyFile, ...tls };
  });

describe('a configuration with TLS', () => {
  it('names transports, files and what is asked of peers', () => {
    const { sip, warnings } = load({ ca_file: authority.caFile, client_certificates: 'require' }, [
      'tls:[::1]:5061',
      'ws:127.0.0.1:8080',
      'wss:0.0.0.0:443',
    ]);
    expect(sip.listen.map(({ protocol }) => protocol)).toEqual(['udp', 'tls', 'ws', 'wss']);
    expect(sip.tls).toMatchObject({
      ...ours,
      caFile: authority.caFile,
      clientCertificates: 'require',
      minVersion: 'TLSv1.2',
      wildcardNames: false,
    });
    expect(warnings).toEqual([]);
  });

  it('takes the oldest version as text or as the number that YAML makes of it', () => {
    const oldest = (min_version: unknown) => load({ min_version }).sip.tls?.minVersion;
    expect(['1.2', 1.2, '1.3', 1.3].map(oldest)).toEqual([
      'TLSv1.2',
      'TLSv1.2',
      'TLSv1.3',
      'TLSv1.3',
    ]);
    expect(said(() => oldest(1.1))).toEqual(['sip.tls.min_version: must be one of 1.2, 1.3']);
  });

  it.each(['tls', 'wss'])('is refused when %s has no certificate', (transport) => {
    expect(said(() => load(undefined, [`${transport}:127.0.0.1:5061`]))).toEqual([
      'sip.listen[1]: needs sip.tls with certificate_file and key_file',
    ]);
  });

  it('is refused when a file is missing, or is something else', () => {
    const wrong = dir.write('not.pem', 'hello\n');
    expect(said(() => load({ certificate_file: 'none.pem' }))).toEqual([
      'sip.tls.certificate_file: names a file that does not exist',
    ]);
    expect(said(() => load({ certificate_file: wrong, key_file: wrong, ca_file: wrong }))).toEqual([
      'sip.tls.certificate_file: names a file that holds no PEM certificate',
      'sip.tls.key_file: names a file that holds no unencrypted PEM private key',
      'sip.tls.ca_file: names a file that holds no PEM certificate',
    ]);
  });

  it('is refused when the key is that of another certificate', () => {
    const { keyFile } = authority.issue('other', ['DNS:other.example']);
    expect(said(() => load({ key_file: keyFile }))).toEqual([
      'sip.tls.key_file: does not belong to the certificate in sip.tls.certificate_file',
    ]);
  });

  it('is refused when it asks for certificates and does not say whose', () => {
    expect(said(() => load({ client_certificates: 'request' }))).toEqual([
      'sip.tls.ca_file: is required by client_certificates request',
    ]);
  });

  it('warns of a certificate that has expired or will soon', () => {
    const warned = (days: number) => {
      const { certificateFile, keyFile } = authority.issue(`of-${days}`, ['DNS:a.example'], days);
      const { warnings } = load({ certificate_file: certificateFile, key_file: keyFile });
      return warnings.map((one) => issueText({ ...one, line: undefined as never }));
    };
    expect(warned(-1)[0]).toMatch(/^sip.tls.certificate_file: has expired on \d{4}-\d\d-\d\d/);
    expect(warned(3)[0]).toMatch(/certificate_file: expires on .*, in [23] days/);
    expect(warned(30)).toEqual([]);
    for (const text of [...warned(-1), ...warned(3)]) expect(maskText(text)).toBe(text);
  });

  it('warns of one that is not valid yet', () => {
    const { doubts } = checkCertificateFiles({ ...ours, caFile: undefined }, new Date(0));
    expect(doubts[0]?.message).toMatch(/^is valid only from/);
  });

  it('warns of trunk targets over transports it does not listen on', () => {
    const { warnings } = dir.load((file) => {
      file.trunks[0]!.targets = ['sips:a.example', 'sip:a.example;transport=tls'];
    });
    expect(warnings.map(({ message }) => message.slice(0, 9))).toEqual(['wants tls', 'wants tls']);
  });
});
