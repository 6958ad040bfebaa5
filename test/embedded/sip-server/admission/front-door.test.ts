import { describe, expect, it } from 'vitest';
import { AllowList } from '../../../../src/embedded/sip-server/admission/allow-list.js';
import {
  defaultAdmission,
  type AdmissionOptions,
} from '../../../../src/embedded/sip-server/admission/admission-options.js';
import { DialogParties } from '../../../../src/embedded/sip-server/admission/dialog-parties.js';
import { FrontDoor } from '../../../../src/embedded/sip-server/admission/front-door.js';
import {
  scannerSigns,
  type ScannerSign,
} from '../../../../src/embedded/sip-server/admission/scanners.js';
import { SourceRates } from '../../../../src/embedded/sip-server/admission/source-rates.js';
import { Tally } from '../../../../src/embedded/sip-server/admission/tally.js';
import type { Hop, SipRequest } from '../../../../src/embedded/sip-server/message/sip-message.js';
import { FakeTiming } from '../fake-timing.js';
import { sourceKey } from '../../../../src/embedded/sip-server/transport/source-key.js';

function doorWith(options: Partial<AdmissionOptions> = {}): {
  door: FrontDoor;
  tally: Tally;
  timing: FakeTiming;
  parties: DialogParties;
} {
  const tally = new Tally();
  const timing = new FakeTiming();
  const parties = new DialogParties(timing, 32_000);
  const door = new FrontDoor({ ...defaultAdmission, ...options }, { timing, tally, parties });
  return { door, tally, timing, parties };
}

const heard = (
  door: FrontDoor,
  address: string,
  times: number,
  protocol: Hop['protocol'] = 'udp',
): number =>
  Array.from({ length: times }, () => door.hears(address, protocol)).filter(Boolean).length;

const request = (name: string, value: string): SipRequest => ({
  kind: 'request',
  method: 'OPTIONS',
  uri: 'sip:100@192.0.2.1',
  headers: [{ name, value }],
  body: Buffer.alloc(0),
});

const scanners: [ScannerSign['field'], string][] = [
  ['User-Agent', 'friendly-scanner'],
  ['User-Agent', 'friendly-request'],
  ['User-Agent', 'SIPVicious 0.3'],
  ['From', '"sipvicious"<sip:100@192.0.2.1>;tag=1'],
  ['From', '"x"<sip:100@1.1.1.1>;tag=1'],
  ['User-Agent', 'sundayddr'],
  ['User-Agent', 'sundayaddr'],
  ['User-Agent', 'sipcli/v1.8'],
  ['User-Agent', 'pplsip'],
  ['User-Agent', 'pplsipts'],
  ['User-Agent', 'sipptk'],
  ['User-Agent', 'sip-scan'],
  ['User-Agent', 'sipscan'],
  ['User-Agent', 'siparmyknife'],
  ['User-Agent', 'SIVuS 1.09'],
  ['User-Agent', 'iWar'],
  ['User-Agent', 'smap 0.4.0'],
  ['From', '<sip:nm@nm>;tag=root'],
];

describe('the front door', () => {
  const peers = ['203.0.113.0/24', '198.51.100.7', '2001:db8:1::/48'];

  it.each([
    ['203.0.113.200', true],
    ['203.0.114.1', false],
    ['198.51.100.7', true],
    ['198.51.100.8', false],
    ['2001:db8:1:2::3', true],
    ['2001:db8:2::3', false],
    ['fe80::1%eth0', false],
  ])('hears %s: %s, of strangers nothing', (address, expected) => {
    const { door, tally } = doorWith({ peers, strangers: 'drop' });
    expect(door.hears(address, 'udp')).toBe(expected);
    expect(door.takesStream(address, 'tcp')).toBe(expected);
    expect(tally.dropped.stranger).toBe(expected ? 0 : 2);
  });

  it('with the list away, hears whom it would have dropped', () => {
    const { door, tally } = doorWith({ peers, strangers: 'answer' });
    expect(door.hears('203.0.114.1', 'udp')).toBe(true);
    expect(tally.dropped.stranger).toBe(0);
  });

  it('hears whom we have turned to ourselves', () => {
    const { door } = doorWith({ strangers: 'drop' });
    expect(door.hears('192.0.2.9', 'udp')).toBe(false);
    door.turnsTo('192.0.2.9', false);
    expect(door.hears('192.0.2.9', 'udp')).toBe(true);
  });

  it.each([
    ['192.0.2.9', '192.0.2.9'],
    ['2001:DB8:0::9', '2001:db8::9'],
  ])('hears the party of a dialog at %s while there is one, and no longer', (host, address) => {
    const { door, timing, parties } = doorWith({ strangers: 'drop' });
    parties.came(host);
    parties.came(host);
    parties.went(host);
    timing.advance(3_600_000);
    expect(door.hears(address, 'udp')).toBe(true);
    expect(door.takesStream(address, 'tcp')).toBe(true);
    parties.went(host);
    timing.advance(31_999);
    expect(door.hears(address, 'udp')).toBe(true);
    timing.advance(1);
    expect(door.hears(address, 'udp')).toBe(false);
    expect(door.takesStream(address, 'tcp')).toBe(false);
  });

  it('hears parties at the rate of strangers, but not out of what strangers share', () => {
    const limits = { strangerPerSecond: 5, strangersPerSecond: 1 };
    const { door, parties } = doorWith({ strangers: 'drop', ...limits });
    parties.came('192.0.2.9');
    expect(heard(door, '192.0.2.9', 100)).toBe(10);
  });

  it('waits for what it asked for within a dialog, and only for as long as it takes', () => {
    const { door, timing } = doorWith({ strangers: 'drop', strangerPerSecond: 5 });
    door.turnsTo('192.0.2.9', true);
    expect(heard(door, '192.0.2.9', 100)).toBe(10);
    timing.advance(32_000);
    expect(heard(door, '192.0.2.9', 100)).toBe(0);
  });

  it('hears guests, though strangers meet silence, at the rate of strangers', () => {
    const guests = { guests: ['192.0.2.0/24'], strangerPerSecond: 5 };
    const { door } = doorWith({ strangers: 'drop', ...guests });
    expect(heard(door, '192.0.2.9', 100)).toBe(10);
    expect(heard(door, '198.51.100.9', 100)).toBe(0);
  });

  it('forgets no carrier for what parties of dialogs write into their Contacts', () => {
    const { door, parties } = doorWith({ strangers: 'drop' });
    door.turnsTo('198.51.100.9', false);
    for (let i = 0; i < 10_000; i += 1) {
      const address = `10.0.${i >> 8}.${i & 255}`;
      parties.came(address);
      door.turnsTo(address, true);
    }
    expect(heard(door, '198.51.100.9', 1)).toBe(1);
  });

  it('answers a stranger at his rate and others at theirs', () => {
    const { door, tally, timing } = doorWith({ strangerPerSecond: 5 });
    expect(heard(door, '192.0.2.1', 100)).toBe(10);
    expect(heard(door, '192.0.2.2', 5)).toBe(5);
    expect(tally.dropped.rate).toBe(90);
    timing.advance(1_000);
    expect(heard(door, '192.0.2.1', 100)).toBe(5);
  });

  it('without a rate, answers all of it', () => {
    expect(heard(doorWith().door, '192.0.2.1', 10_000)).toBe(10_000);
  });

  it('answers all strangers together at their rate, from however many addresses', () => {
    const { door } = doorWith({ strangerPerSecond: 5, strangersPerSecond: 20 });
    const answered = Array.from({ length: 5_000 }, (_, i) =>
      door.hears(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, 'udp'),
    );
    expect(answered.filter(Boolean)).toHaveLength(40);
  });

  it('limits a peer only where that is asked', () => {
    expect(heard(doorWith({ peers }).door, '203.0.113.1', 5_000)).toBe(5_000);
    const { door, tally } = doorWith({ peers, peerPerSecond: 100 });
    expect(heard(door, '203.0.113.1', 5_000)).toBe(200);
    expect(tally.dropped.rate).toBe(4_800);
  });

  it('is open to browsers, who come from anywhere, at the rate of strangers', () => {
    const { door } = doorWith({ peers, strangers: 'drop', strangerPerSecond: 5 });
    expect(door.takesStream('192.0.2.1', 'wss')).toBe(true);
    expect(heard(door, '192.0.2.1', 100, 'wss')).toBe(10);
    expect(heard(door, '192.0.2.1', 100, 'tls')).toBe(0);
  });

  it.each(scanners)('knows a scanner by %s: %s', (field, value) => {
    const { door, tally } = doorWith({ peers });
    for (const text of [value, value.toUpperCase()]) {
      expect(door.passes(request(field, text), '192.0.2.1')).toBe(false);
    }
    expect(tally.dropped.scanner).toBe(2);
  });

  it('is shown every sign of a scanner by the examples of these tests', () => {
    const unseen = scannerSigns.filter(
      ({ field, pattern }) =>
        !scanners.some(([f, value]) => f === field && new RegExp(pattern, 'i').test(value)),
    );
    expect(unseen).toEqual([]);
  });

  it.each(scanners)('takes no trunk for a scanner that passes on %s: %s', (field, value) => {
    const { door, tally } = doorWith({ peers });
    expect(door.passes(request(field, value), '203.0.113.1')).toBe(true);
    expect(tally.dropped.scanner).toBe(0);
  });

  it('takes no request within a dialog for one of a scanner', () => {
    const bye = request('User-Agent', 'friendly-scanner');
    const headers = [...bye.headers, { name: 'To', value: '<sip:a@192.0.2.1>;tag=1' }];
    expect(doorWith().door.passes({ ...bye, method: 'BYE', headers }, '192.0.2.1')).toBe(true);
  });

  it.each([
    ['User-Agent', 'Asterisk PBX 18.9'],
    ['User-Agent', 'FPBX-16.0'],
    ['User-Agent', 'sipsak 0.9.8'],
    ['User-Agent', 'Cisco-SIPGateway/IOS'],
    ['User-Agent', '3CXPhone'],
    ['User-Agent', 'Acme SIPClient/2.1'],
    ['User-Agent', 'sipclient/2.1'],
    ['User-Agent', 'MediWare 7'],
    ['User-Agent', 'iWarehouse Phone'],
    ['User-Agent', 'Gulpener PBX'],
    ['User-Agent', 'VaxSIPUserAgent/3.1'],
    ['User-Agent', 'SIPScanner Desk'],
    ['User-Agent', 'User-friendly-scanner gateway'],
    ['User-Agent', 'Smap Phone'],
    ['From', '<sip:100@1.1.1.10>;tag=1'],
    ['From', '<sip:100@1.1.1.1.example>;tag=1'],
    ['From', '<sip:2100@1.1.1.1>;tag=1'],
    ['From', '<sip:nm@nmsu.edu>;tag=1'],
    ['From', '<sip:nm@nm.example>;tag=1'],
  ])('takes %s: %s for no scanner', (field, value) =>
    expect(doorWith().door.passes(request(field, value), '192.0.2.1')).toBe(true),
  );

  it('knows the scanners that the operator names', () => {
    const { door } = doorWith({ scannerAgents: ['evil.dialer (x'] });
    expect(door.passes(request('User-Agent', 'Evil.Dialer (x64)'), '192.0.2.1')).toBe(false);
    expect(door.passes(request('User-Agent', 'evilXdialer (x'), '192.0.2.1')).toBe(true);
  });

  it('names the sources it turned away, of a crowd only some', () => {
    const { door, tally } = doorWith({ strangers: 'drop' });
    for (let i = 0; i < 200; i += 1) heard(door, `192.0.2.${i % 100}`, 1);
    const blocked = tally.takeBlocked();
    expect(blocked).toHaveLength(16);
    expect(blocked[0]).toEqual({ address: '192.0.2.0', reason: 'stranger', count: 2 });
    expect(tally.takeBlocked()).toEqual([]);
  });

  it.each(['192.0.2.1/33', '192.0.2.x', '', '192.0.2.1/a'])(
    'does not start with %j as a peer',
    (entry) => {
      expect(() => new AllowList([entry])).toThrow(RangeError);
    },
  );
});

describe('rates of sources', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8:a:b:1:2:3:4', '2001:db8:a:b::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('%s counts as %s', (address, key) => {
    expect(sourceKey(address)).toBe(key);
  });

  it('keep as many sources as there is room for, and of those the busy ones', () => {
    const rates = new SourceRates({ perSecond: 1, burst: 1 }, 100);
    expect(rates.take('192.0.2.1', 0)).toBe(true);
    for (let i = 0; i < 5_000; i += 1) {
      rates.take(`10.0.${i >> 8}.${i & 255}`, 0);
      expect(rates.take('192.0.2.1', 0)).toBe(false);
    }
    expect(rates.size).toBe(100);
  });
});
