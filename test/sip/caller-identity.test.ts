import { describe, expect, it } from 'vitest';
import type { CallerIdSource } from '../../src/domain/identity/trunk.js';
import { unmaskParty } from '../../src/domain/numbers/party-address.js';
import { callersOf } from '../../src/sip/caller-identity.js';
import { pbxTrunk, trunk } from '../support/call-house.js';
import { messageOf } from '../support/sip-side.js';

function callers(
  lines: readonly string[],
  of = trunk(),
  order: readonly CallerIdSource[] = ['pai', 'from'],
): string[] {
  const raw = `INVITE sip:x@y SIP/2.0\r\n${lines.join('\r\n')}\r\n\r\n`;
  return callersOf(messageOf(raw), { ...of, callerIdFrom: order }).map(unmaskParty);
}

const FROM = 'From: <sip:+14155550101@c>;tag=1';
const PAI = 'P-Asserted-Identity: <sip:+14155550102@c>';
const RPID = 'Remote-Party-ID: <sip:+14155550103@c>;party=calling';
const PPI = 'P-Preferred-Identity: <sip:+14155550104@c>';

describe('who is calling', () => {
  it('is read where the trunk is believed, in its order, and nowhere else', () => {
    const all = [FROM, PAI, RPID, PPI];
    expect(callers(all)).toEqual(['tel:+14155550102']);
    expect(callers(all, trunk(), ['from', 'pai'])).toEqual(['tel:+14155550101']);
    expect(callers(all, trunk(), ['rpid'])).toEqual(['tel:+14155550103']);
    expect(callers(all, trunk(), ['ppi'])).toEqual(['tel:+14155550104']);
    expect(callers([FROM], trunk(), ['pai'])).toEqual([]);
  });

  it('is read further on when the first field is missing, withheld or unreadable', () => {
    expect(callers([FROM])).toEqual(['tel:+14155550101']);
    expect(callers([FROM, 'P-Asserted-Identity: <sip:anonymous@anonymous.invalid>'])).toEqual([
      'tel:+14155550101',
    ]);
    expect(callers([FROM, 'P-Asserted-Identity: garbage'])).toEqual(['tel:+14155550101']);
  });

  it('is all that one field says, best first, each once', () => {
    const both = 'P-Asserted-Identity: "A" <sip:+14155550105@c>, <tel:+1-415-555-0105>';
    const two = 'P-Asserted-Identity: <tel:+14155550106>, <sip:+14155550107@c>';
    expect(callers([both])).toEqual(['tel:+14155550105']);
    expect(callers([two])).toEqual(['tel:+14155550106', 'tel:+14155550107']);
  });

  it.each(['anonymous', 'Anonymous', 'unavailable', 'restricted', 'private', 'withheld'])(
    'is nobody when it is %s, from a carrier and from a PBX',
    (user) => {
      const from = `From: <sip:${user}@anonymous.invalid>;tag=1`;
      expect(callers([from])).toEqual([]);
      expect(callers([from], pbxTrunk())).toEqual([]);
    },
  );

  it('is an extension at the PBX, whatever host the phone writes', () => {
    expect(callers(['From: <sip:1007@10.0.0.7>;tag=1'], pbxTrunk())).toEqual([
      'sip:1007@pbx.example',
    ]);
    expect(callers(['From: <sip:agent%2E7731@10.0.0.7>;tag=1'], pbxTrunk())).toEqual([
      'sip:agent.7731@pbx.example',
    ]);
  });

  it('is an extension and a number when it can be either', () => {
    expect(callers([FROM], pbxTrunk())).toEqual([
      'sip:+14155550101@pbx.example',
      'tel:+14155550101',
    ]);
  });

  it('is no extension where the trunk has no domain for them', () => {
    expect(callers(['From: <sip:1007@10.0.0.7>;tag=1'])).toEqual([]);
  });

  it.each([
    ['From: <sip:4155550101@c;user=phone>;tag=1', 'tel:+14155550101'],
    ['From: <sip:+1%34155550101@c>;tag=1', 'tel:+14155550101'],
    ['From: <sip:+14155550101;isub=5:pw@c>;tag=1', 'tel:+14155550101'],
    ['f: "N" <tel:+1-415-555-0101>;tag=1', 'tel:+14155550101'],
  ])('is the same number however it is written: %s', (line, number) => {
    expect(callers([line])).toEqual([number]);
  });
});
