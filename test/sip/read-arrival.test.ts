import { describe, expect, it } from 'vitest';
import { unmaskParty } from '../../src/domain/numbers/party-address.js';
import { readArrival, sessionTimerOf, splitHostPort } from '../../src/sip/read-arrival.js';
import { trunk } from '../support/call-house.js';
import { audio } from '../support/fake-sip-call.js';
import { invite, requestOf, type InviteLines } from '../support/sip-side.js';

const read = (lines: InviteLines = {}) => readArrival(requestOf(invite(lines)), trunk());
const SDP = audio('203.0.113.99');

describe('what an INVITE may contribute to a call', () => {
  it('is what it says in ordinary words', () => {
    const arrival = read({ body: SDP });
    expect(arrival).toMatchObject({
      sipCallId: 'call-of-carrier@203.0.113.5',
      dialed: { kind: 'number' },
      offer: SDP,
      foreignBody: false,
      malformed: false,
      hopsLeft: 69,
      required: [],
      ownAddress: '192.0.2.1',
      sessionExpires: undefined,
    });
    expect(arrival.callers.map(unmaskParty)).toEqual(['tel:+14155550142']);
  });

  it('is the same in compact forms', () => {
    const compact = [
      'INVITE sip:+14155550001@192.0.2.1 SIP/2.0',
      'v: SIP/2.0/UDP 203.0.113.5;branch=z9hG4bK1',
      'f: <sip:+14155550142@carrier.example>;tag=1',
      't: <sip:+14155550001@192.0.2.1>',
      'i: compact@203.0.113.5',
      'm: <sip:c@203.0.113.5>',
      'CSeq: 1 INVITE',
      'x: 1800;refresher=uac',
      'k: timer',
      'c: application/sdp',
      `l: ${SDP.length}`,
    ];
    const raw = `${compact.join('\r\n')}\r\n\r\n${SDP}`;
    expect(readArrival(requestOf(raw), trunk())).toMatchObject({
      sipCallId: 'compact@203.0.113.5',
      callers: [{}],
      offer: SDP,
      malformed: false,
      hopsLeft: 69,
      sessionExpires: 1800,
    });
  });

  it.each<[string, number]>([
    ['70', 69],
    ['1', 0],
    ['0', -1],
    ['255', 69],
    ['4294967295', 69],
  ])('is one hop less than Max-Forwards %s, and never more than a fresh one', (value, left) => {
    expect(read({ lines: [`Max-Forwards: ${value}`] })).toMatchObject({
      hopsLeft: left,
      malformed: false,
    });
  });

  it.each(['many', '0x10', '1e2', '-5', '7 0', '+70', '7.5'])(
    'is nothing when Max-Forwards is no number: %s',
    (value) => {
      expect(read({ lines: [`Max-Forwards: ${value}`] })).toMatchObject({
        hopsLeft: Number.NaN,
        malformed: true,
      });
    },
  );

  it('counts as fresh without Max-Forwards, as of before it was invented', () => {
    expect(read({ lines: ['Max-Forwards:'] })).toMatchObject({ hopsLeft: 69, malformed: false });
  });

  it.each(['Contact:', 'Contact: *'])('is nothing without a place to answer to: %s', (line) => {
    expect(read({ lines: [line] }).malformed).toBe(true);
  });

  it.each([
    ['application/sdp', SDP, false],
    ['Application/SDP; charset=utf-8', SDP, false],
    ['multipart/mixed;boundary=b', undefined, true],
    ['text/plain', undefined, true],
  ])('is an offer only in SDP: %s', (type, offer, foreignBody) => {
    const arrival = read({ body: SDP, lines: [`Content-Type: ${type}`] });
    expect(arrival).toMatchObject({ offer, foreignBody });
  });

  it('is an offer beside a location and what the sender calls optional', () => {
    const body = [
      '--b',
      'Content-Type: application/sdp',
      '',
      SDP.trimEnd(),
      '--b',
      'Content-Type: application/pidf+xml',
      'Content-ID: <loc@phone.example>',
      '',
      '<presence/>',
      '--b',
      'Content-Type: application/ISUP;version=itu-t92+',
      'Content-Disposition: signal;handling=optional',
      '',
      'isup',
      '--b--',
      '',
    ].join('\r\n');
    const arrival = read({ body, lines: ['Content-Type: multipart/mixed; boundary="b"'] });
    expect(arrival.offer).toBe(SDP.trimEnd());
    expect(arrival.foreignBody).toBe(false);
    expect(arrival.location.byValue).toEqual({
      contentId: '<loc@phone.example>',
      pidf: '<presence/>',
    });
    const required = body.replace(';handling=optional', '');
    const refused = read({ body: required, lines: ['Content-Type: multipart/mixed;boundary=b'] });
    expect(refused.foreignBody).toBe(true);
  });

  it('is an offer when nobody says what the body is, and none when it is packed', () => {
    expect(read({ body: SDP, lines: ['Content-Type:'] }).offer).toBe(SDP);
    for (const name of ['Content-Encoding', 'e']) {
      const packed = read({ body: SDP, lines: [`${name}: gzip`] });
      expect(packed).toMatchObject({ offer: undefined, foreignBody: true });
    }
    expect(read({ body: SDP, lines: ['Content-Encoding: identity'] }).offer).toBe(SDP);
  });

  it('is a delayed offer when it has no body, whatever type it says', () => {
    const arrival = read({ lines: ['Content-Type: application/sdp'] });
    expect(arrival).toMatchObject({ offer: undefined, foreignBody: false });
  });

  it('is what it requires, one by one', () => {
    expect(read({ lines: ['Require: 100rel , timer', 'require: gruu'] }).required).toEqual([
      '100rel',
      'timer',
      'gruu',
    ]);
  });

  it('is where the caller is, for the emergency trunk', () => {
    const lines = ['Geolocation: <cid:a@b>', 'Geolocation-Routing: yes'];
    expect(read({ lines }).location).toEqual({
      geolocation: '<cid:a@b>',
      geolocationRouting: 'yes',
      accessNetwork: undefined,
    });
  });
});

describe('a session timer', () => {
  it.each([
    ['1800', { seconds: 1800, refresher: undefined }],
    ['90;refresher=uas', { seconds: 90, refresher: 'uas' }],
    [' 120 ; x=y ; Refresher = UAC', { seconds: 120, refresher: 'uac' }],
    ['600;refresher=nobody', { seconds: 600, refresher: undefined }],
    ['soon', undefined],
    ['-1', undefined],
    ['99999999999', undefined],
  ])('asked for with %j is %j', (value, timer) => {
    expect(sessionTimerOf(requestOf(invite({ lines: [`Session-Expires: ${value}`] })))).toEqual(
      timer,
    );
  });
});

describe('where a request came to', () => {
  it.each([
    ['192.0.2.1:5060', '192.0.2.1', 5060],
    ['[2001:db8::1]:5061', '2001:db8::1', 5061],
    ['2001:db8::1:5061', '2001:db8::1', 5061],
    [undefined, undefined, undefined],
    ['nowhere', undefined, undefined],
  ])('%s is host %s, port %s', (text, host, port) => {
    expect(splitHostPort(text)).toEqual({ host, port });
  });
});
