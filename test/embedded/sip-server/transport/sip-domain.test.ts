import { describe, expect, it } from 'vitest';
import { speaksFor } from '../../../../src/embedded/sip-server/transport/sip-domain.js';

const certificate = (subjectaltname: string, CN = 'sip.carrier.example') => ({
  subjectaltname,
  subject: { CN, C: '', ST: '', L: '', O: '', OU: '' },
});

describe('a certificate speaks for a SIP domain', () => {
  it.each([
    ['DNS:sip.carrier.example', 'sip.carrier.example', 'by its DNS name'],
    ['DNS:other.example, DNS:sip.carrier.example', 'SIP.Carrier.Example', 'in any case'],
    ['URI:sip:carrier.example, DNS:host1.example', 'carrier.example', 'by its SIP URI'],
    ['IP Address:192.0.2.7', '192.0.2.7', 'by its address, for a target given by address'],
    ['IP Address:0:0:0:0:0:0:0:1', '::1', 'by its IPv6 address'],
  ])('%s for %s: %s', (names, domain) => {
    expect(speaksFor(certificate(names), domain, false)).toBe(true);
  });

  it.each([
    ['', 'sip.carrier.example', 'the common name counts for nothing'],
    ['DNS:carrier.example', 'sip.carrier.example', 'a parent domain is not its child'],
    ['DNS:sip.carrier.example', 'carrier.example', 'nor the other way about'],
    ['URI:sip:a.example, DNS:b.example', 'b.example', 'a SIP URI leaves DNS names out'],
    ['URI:sip:user@b.example', 'b.example', 'a user is not his domain'],
    ['URI:sips:b.example', 'b.example', 'no other scheme counts'],
    ['DNS:192.0.2.7', '192.0.2.7', 'a name is no address'],
    ['URI:"sip:x, DNS:b.example"', 'b.example', 'a quoted name holds one name only'],
    ['DNS:*.carrier.example', 'sip.carrier.example', 'a wildcard is not accepted'],
  ])('not %s for %s: %s', (names, domain) => {
    expect(speaksFor(certificate(names), domain, false)).toBe(false);
  });

  it('by a wildcard where the operator accepts them, for one label only', () => {
    const wild = certificate('DNS:*.carrier.example');
    expect(speaksFor(wild, 'sip.carrier.example', true)).toBe(true);
    expect(speaksFor(wild, 'a.sip.carrier.example', true)).toBe(false);
    expect(speaksFor(wild, 'carrier.example', true)).toBe(false);
    expect(speaksFor(certificate('DNS:*.example'), 'carrier.example', true)).toBe(false);
  });
});
