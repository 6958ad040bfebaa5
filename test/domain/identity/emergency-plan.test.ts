import { describe, expect, it } from 'vitest';
import { planEmergencyLeg } from '../../../src/domain/identity/emergency-plan.js';
import type { NumberFormat, Trunk } from '../../../src/domain/identity/trunk.js';
import { readDialed } from '../../../src/domain/numbers/dialed.js';
import { SipAddress, type PartyAddress } from '../../../src/domain/numbers/party-address.js';
import { aTrunk, number, PLAIN_PROFILE } from './support.js';

const written = (numberFormat: NumberFormat, change: Partial<Trunk> = {}): Trunk =>
  aTrunk({ identity: { ...PLAIN_PROFILE, numberFormat }, ...change });

function plan(
  dialed: string,
  trunk: Trunk = aTrunk(),
  caller: PartyAddress | undefined = number('+14155550100'),
) {
  return planEmergencyLeg({
    trunk,
    target: 'sip:psap.example:5070;transport=tcp',
    dialed: readDialed(dialed, 'US'),
    caller,
    location: {
      byValue: undefined,
      geolocation: '<cid:x@y>',
      geolocationRouting: undefined,
      accessNetwork: undefined,
    },
    tokens: { callId: '00112233445566778899aabbccddeeff', contactUser: '0123456789abcdef' },
    maxForwards: 68,
  });
}

describe('an emergency call', () => {
  it.each([
    ['sip:911@192.0.2.1', '911'],
    ['sip:911#@192.0.2.1', '911'],
    ['sip:911%23@192.0.2.1', '911'],
    ['sip:9-1-1@192.0.2.1', '911'],
    ['tel:911;phone-context=+1', '911'],
    ['sip:%2B1911@192.0.2.1', '+1911'],
  ])('to %s is for the digits %s and nothing else', (dialed, digits) => {
    const { requestUri, headers } = plan(dialed);
    expect(requestUri).toBe(`sip:${digits}@psap.example:5070;transport=tcp`);
    expect(headers.To).toBe(`<${requestUri}>`);
  });

  it.each(['sos', 'sos.fire', 'sos.animal-control'])(
    'to the service %s says so in its To, for the digits cannot (RFC 5031)',
    (service) => {
      const { requestUri, headers } = plan(`urn:service:${service}`);
      expect(requestUri).toContain('sip:911@');
      expect(headers.To).toBe(`<urn:service:${service}>`);
    },
  );

  it.each([
    ['US', '911'],
    ['GB', '999'],
    ['DE', '112'],
    ['AU', '000'],
    ['ZZ', '112'],
  ])('to the service in %s goes to its trunk as %s, for a URN has no host', (country, digits) => {
    const { requestUri } = plan('urn:service:sos.fire', aTrunk({ country }));
    expect(requestUri).toBe(`sip:${digits}@psap.example:5070;transport=tcp`);
  });

  it.each([
    ['e164', '+14155550100'],
    ['e164-no-plus', '14155550100'],
    ['national', '4155550100'],
  ] as const)('writes numbers as the trunk does: %s', (format, digits) => {
    const { requestUri, headers } = plan('sip:+14155550100@x', written(format));
    expect(requestUri).toBe(`sip:${digits}@psap.example:5070;transport=tcp`);
    expect(headers.From).toBe(`<sip:${digits}@localhost;user=phone>`);
    expect(headers['P-Asserted-Identity']).toBe(headers.From);
  });

  it('speaks in the domain of the trunk', () => {
    const identity = { ...PLAIN_PROFILE, domain: 'voice.example' };
    expect(plan('sip:911@x', aTrunk({ identity })).headers.From).toContain('@voice.example;');
  });

  it('keeps an extension that has no number', () => {
    const agent = SipAddress.parse('agent.7731@pbx.example');
    expect(plan('sip:911@x', aTrunk(), agent).headers.From).toBe('<sip:agent.7731@pbx.example>');
  });
});
