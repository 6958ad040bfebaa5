import { describe, expect, it } from 'vitest';
import { did } from '../../src/domain/numbers/did.js';
import type { SecretsOfCall } from '../../src/flows/ports/sip.js';
import { CallGuard, type Side } from '../../src/sip/call-guard.js';
import { AGENT, CUSTOMER, pbxTrunk, trunk } from '../support/call-house.js';
import { party } from '../support/fake-sip-call.js';

const DID = did('+14155550001');
const secrets = (change: Partial<SecretsOfCall> = {}): SecretsOfCall => ({
  caller: [party(CUSTOMER)],
  callee: party(AGENT),
  calleeKnownToCaller: false,
  dids: [DID],
  trunks: { caller: trunk(), callee: pbxTrunk() },
  directMedia: true,
  ...change,
});

const branded = (displayName: string, domain?: string) => ({
  ...trunk().identity,
  displayName,
  domain,
});

function guard(
  change: Partial<SecretsOfCall> = {},
  own: readonly string[] = ['192.0.2.1'],
): CallGuard {
  const it = new CallGuard(own);
  it.learn('caller', {
    names: new Set(['Carla Customer']),
    addresses: new Set(['203.0.113.5', 'carrier.example']),
    callIds: new Set(['call-of-carrier@203.0.113.5']),
    tags: new Set(['carriertag']),
  });
  it.arm(secrets(change));
  return it;
}

const to = (it: CallGuard, side: Side, line: string, uri = 'sip:x@198.51.100.7'): string =>
  it.inspect(side, `INVITE ${uri} SIP/2.0\r\n${line}\r\n\r\n`)?.kind ?? 'nothing';

describe('the guard of one call', () => {
  it.each([
    ['Subject: +1 (415) 555-0142', 'number'],
    ['Subject: carrier.example', 'address'],
    ['Subject: 203.0.113.5', 'address'],
    ['From: "Carla Customer" <sip:a@b>', 'name'],
    ['Subject: call-of-carrier@203.0.113.5', 'address'],
    ['Subject: ;tag=carriertag', 'tag'],
    [`From: <sip:${DID}@192.0.2.1>`, 'nothing'],
  ])('finds in a message to the callee: %s → %s', (line, kind) => {
    expect(to(guard(), 'callee', line)).toBe(kind);
  });

  it('lets the same pass towards the party that it belongs to', () => {
    const echoed = 'From: "Carla Customer" <sip:+14155550142@carrier.example>;tag=carriertag';
    expect(to(guard(), 'caller', echoed, 'sip:c@203.0.113.5')).toBe('nothing');
  });

  it('finds what the callee is known by, and what it tells of itself only later', () => {
    const it = guard();
    expect(to(it, 'caller', 'To: <sip:agent.7731@pbx.example>')).not.toBe('nothing');
    expect(to(it, 'caller', 'Subject: "Ann Agent" at 10.9.8.7')).toBe('nothing');
    it.learn('callee', { names: new Set(['Ann Agent']), addresses: new Set(['10.9.8.7']) });
    expect(to(it, 'caller', 'Subject: "Ann Agent"')).toBe('name');
    expect(to(it, 'caller', 'Subject: 10.9.8.7')).toBe('address');
    expect(to(it, 'callee', 'Subject: "Ann Agent" at 10.9.8.7')).toBe('nothing');
  });

  it('finds nothing before there is another side', () => {
    expect(to(new CallGuard([]), 'caller', `Subject: ${CUSTOMER}`)).toBe('nothing');
  });

  it('lets the callee’s number pass to a caller who dialed it, and not the reverse', () => {
    const raw = { caller: [party(AGENT)], callee: party(CUSTOMER), calleeKnownToCaller: true };
    expect(to(guard(raw), 'caller', `To: <sip:${CUSTOMER}@192.0.2.1>`)).toBe('nothing');
    expect(to(guard(raw), 'callee', 'Subject: agent.7731@pbx.example')).not.toBe('nothing');
  });

  it('lets our own addresses pass, also where a party is a neighbour', () => {
    const it = guard({}, ['203.0.113.5']);
    expect(to(it, 'callee', 'Contact: <sip:c@203.0.113.5>')).toBe('nothing');
  });

  describe('takes what both sides have for no secret', () => {
    it('one SBC that brings the caller and reaches the callee', () => {
      const it = guard({
        trunks: { caller: trunk(), callee: trunk() },
        callee: party('+14155550177'),
      });
      expect(to(it, 'callee', 'Subject: y', 'sip:+14155550177@203.0.113.5')).toBe('nothing');
      expect(to(it, 'callee', `Subject: ${CUSTOMER}`, 'sip:+14155550177@203.0.113.5')).toBe(
        'number',
      );
    });

    it('a brand that is also the display name of the PBX', () => {
      const brand = pbxTrunk({ identity: branded('Carla Customer') });
      const it = guard({ trunks: { caller: trunk(), callee: brand } });
      expect(to(it, 'callee', `From: "Carla Customer" <sip:${DID}@x>`)).toBe('nothing');
      expect(to(guard(), 'callee', `From: "Carla Customer" <sip:${DID}@x>`)).toBe('name');
    });

    it('a domain in which we speak and the other party too', () => {
      const ours = pbxTrunk({ identity: branded('Brand', 'carrier.example') });
      const it = guard({ trunks: { caller: trunk(), callee: ours } });
      expect(to(it, 'callee', `From: <sip:${DID}@carrier.example>`)).toBe('nothing');
      expect(to(it, 'callee', 'From: <sip:x@203.0.113.5>')).toBe('address');
    });

    it('a name that two people share', () => {
      const it = guard();
      it.learn('callee', { names: new Set(['Carla Customer']) });
      expect(to(it, 'caller', 'From: "Carla Customer" <sip:a@b>', 'sip:c@d')).toBe('nothing');
    });
  });

  it('grows no further than it must, whatever a peer invents', () => {
    const it = guard();
    for (let n = 0; n < 2000; n += 1) it.learn('callee', { names: new Set([`Name ${n} Nobody`]) });
    expect(to(it, 'caller', 'Subject: "Name 5 Nobody"')).toBe('name');
    expect(to(it, 'caller', 'Subject: "Name 1999 Nobody"')).toBe('nothing');
  });
});
