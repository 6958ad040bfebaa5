import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';

type Names = Pick<PeerCertificate, 'subjectaltname' | 'subject'>;

/**
 * Whether a certificate speaks for the domain that a request was addressed to (RFC 5922 §7): a SIP
 * URI in subjectAltName, or if there is none a DNS name, matched whole. The common name counts for
 * nothing. A target given as a bare address needs that address in the certificate.
 */
export function speaksFor(certificate: Names, domain: string, wildcards: boolean): boolean {
  if (isIP(domain) !== 0) {
    return checkServerIdentity(domain, certificate as PeerCertificate) === undefined;
  }
  const wanted = domain.toLowerCase();
  const names = alternativeNames(certificate.subjectaltname ?? '');
  const uris = names.flatMap(({ type, value }) => (type === 'URI' ? sipDomainOf(value) : []));
  if (uris.length > 0) return uris.includes(wanted);
  return names.some(
    ({ type, value }) => type === 'DNS' && matches(value.toLowerCase(), wanted, wildcards),
  );
}

function matches(name: string, wanted: string, wildcards: boolean): boolean {
  if (name === wanted) return true;
  // One label and a registrable rest: `*.com` speaks for nobody.
  if (!wildcards || !/^\*\.[^.]+\.[^*]+$/.test(name)) return false;
  return wanted.slice(wanted.indexOf('.')) === name.slice(1);
}

/** RFC 5922 §7.1: a URI with a user part names a person and not a domain. */
function sipDomainOf(uri: string): string[] {
  const [, domain] = /^sip:([a-z0-9_.-]+)$/i.exec(uri) ?? [];
  return domain === undefined ? [] : [domain.toLowerCase()];
}

/** `DNS:a.example, URI:sip:b.example`; what might be misread is quoted as JSON. */
function alternativeNames(text: string): { type: string; value: string }[] {
  const entries = text.matchAll(/(?:^|, )([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)/g);
  return [...entries].map(([, type = '', value = '']) => ({
    type,
    value: value.startsWith('"') ? String(JSON.parse(value)) : value,
  }));
}
