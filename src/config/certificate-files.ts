import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import type { TlsConfig } from './config.js';
import type { ConfigIssue } from './issues.js';
import { whyUnreadable } from './secrets.js';
import { readFileSync } from 'node:fs';

type TlsFiles = Pick<TlsConfig, 'certificateFile' | 'keyFile' | 'caFile'>;
type Field = 'certificate_file' | 'key_file' | 'ca_file';

export interface CertificateFindings {
  /** Why TLS cannot be spoken with these files. */
  readonly issues: readonly ConfigIssue[];
  /** What will be in the way soon, or is in the way of peers already. */
  readonly doubts: readonly ConfigIssue[];
  /** When our own certificate expires, if it could be read. */
  readonly expiry: Date | undefined;
}

const WARN_DAYS = 14;
const DAY_MS = 86_400_000;
const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Whether the files of `sip.tls` can be read, are what they should be and fit together. */
export function checkCertificateFiles(files: TlsFiles, now = new Date()): CertificateFindings {
  const issues: ConfigIssue[] = [];
  const at = (field: Field) => ['sip', 'tls', field];
  const readAs = <T>(field: Field, file: string, what: string, parse: (text: string) => T) => {
    try {
      return parseAs(readFileSync(file, 'utf8'), what, parse);
    } catch (error) {
      const fault = error instanceof NotPem ? `holds no ${what}` : whyUnreadable(error);
      issues.push({ path: at(field), message: `names a file that ${fault}` });
      return undefined;
    }
  };
  const { certificateFile, keyFile, caFile } = files;
  const own = readAs('certificate_file', certificateFile, 'PEM certificate', certificatesIn);
  const key = readAs('key_file', keyFile, 'unencrypted PEM private key', createPrivateKey);
  if (caFile !== undefined) readAs('ca_file', caFile, 'PEM certificate', certificatesIn);
  if (own && key && !fits(own, key)) {
    const message = 'does not belong to the certificate in sip.tls.certificate_file';
    issues.push({ path: at('key_file'), message });
  }
  const doubts = own === undefined ? [] : validity(own[0], now);
  return {
    issues,
    doubts: doubts.map((message) => ({ path: at('certificate_file'), message })),
    expiry: own && new Date(own[0].validTo),
  };
}

class NotPem extends Error {}

function parseAs<T>(text: string, what: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    throw new NotPem(what, { cause: error });
  }
}

type Certificates = readonly [X509Certificate, ...X509Certificate[]];

function certificatesIn(text: string): Certificates {
  const [first, ...others] = (text.match(PEM_CERTIFICATE) ?? []).map(
    (pem) => new X509Certificate(pem),
  );
  if (first === undefined) throw new NotPem('no certificate');
  return [first, ...others];
}

const fits = ([own]: Certificates, key: KeyObject): boolean => own.checkPrivateKey(key);

function validity(certificate: X509Certificate, now: Date): string[] {
  const [from, to] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
  // A date alone looks like a phone number to the log.
  const at = (date: Date): string => date.toISOString();
  if (now < from) return [`is valid only from ${at(from)} on: peers will refuse it until then`];
  if (now > to) return [`has expired on ${at(to)}: peers will refuse it`];
  const days = Math.floor((to.getTime() - now.getTime()) / DAY_MS);
  return days < WARN_DAYS ? [`expires on ${at(to)}, in ${days} days`] : [];
}
