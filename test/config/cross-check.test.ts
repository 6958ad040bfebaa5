import { describe, expect, it } from 'vitest';
import { issueText } from '../../src/config/issues.js';
import { said, TestDir } from './support.js';

const dir = new TestDir();
type Change = Parameters<TestDir['load']>[0];
const check = (change: Change) => said(() => dir.load(change));

describe('a configuration that does not fit together', () => {
  it('is refused when a tenant names a trunk that is not there', () => {
    expect(check((file) => (file.tenants[0]!.carrier_trunk = 'carier'))).toEqual([
      'tenants[0].carrier_trunk: names no trunk; trunks: carrier, pbx',
    ]);
  });

  it('is refused when a trunk has the wrong role for its use', () => {
    expect(check((file) => (file.tenants[0]!.carrier_trunk = 'pbx'))).toEqual([
      'tenants[0].carrier_trunk: is a trunk of role pbx, not carrier',
    ]);
  });

  it('is refused when a trunk names a tenant that is not there', () => {
    expect(check((file) => (file.trunks[1]!.tenant = 'acmee'))).toContain(
      'trunks[1].tenant: names no tenant; tenants: acme',
    );
  });

  it('is refused when a PBX belongs to no tenant', () => {
    expect(check((file) => delete file.trunks[1]!.tenant)).toEqual([
      'trunks[1].tenant: is required for role pbx',
    ]);
  });

  it('is refused when a tenant uses the PBX of another', () => {
    const lines = check((file) => {
      file.tenants.push({ ...file.tenants[0], id: 'umbrella', dids: ['+14155550109'] });
    });
    expect(lines).toEqual(['tenants[1].pbx_trunk: is the PBX of tenant acme']);
  });

  it('is refused when the business number is not one of the DIDs', () => {
    expect(check((file) => (file.tenants[0]!.business_number = '+14155559999'))).toEqual([
      'tenants[0].business_number: is not one of the DIDs of this tenant',
    ]);
  });

  it('is refused when raw dialing has no business number to show', () => {
    expect(check((file) => (file.tenants[0]!.raw_dialing = 'allow'))).toEqual([
      'tenants[0].business_number: is required by raw_dialing allow',
    ]);
  });

  it('is refused when two tenants own one DID, or one tenant lists it twice', () => {
    const lines = check((file) => {
      file.tenants[0]!.dids = ['+14155550100', '+14155550100'];
      file.tenants.push({ ...file.tenants[0], id: 'umbrella', pbx_trunk: 'pbx2' });
      file.trunks.push({
        ...file.trunks[1],
        name: 'pbx2',
        tenant: 'umbrella',
        sources: ['192.0.2.1'],
      });
    });
    expect(lines).toEqual([
      'tenants[0].dids[1]: is already a DID of tenant acme',
      'tenants[1].dids[0]: is already a DID of tenant acme',
      'tenants[1].dids[1]: is already a DID of tenant acme',
    ]);
  });

  it('is refused when two tenants or two trunks have one name', () => {
    const lines = check((file) => {
      file.tenants.push({ ...file.tenants[0], dids: ['+14155550109'] });
      file.trunks.push({ ...file.trunks[0], sources: ['192.0.2.1'] });
    });
    expect(lines).toEqual([
      'tenants[1].id: is already the id of tenants[0]',
      'trunks[2].name: is already the name of trunks[0]',
    ]);
  });

  it('is refused when emergency calls are to be routed to no trunk', () => {
    expect(check((file) => (file.tenants[0]!.emergency = { action: 'route' }))).toEqual([
      'tenants[0].emergency.trunk: is required by action route',
    ]);
  });

  it('is refused when the drachtio-server is not described', () => {
    expect(check((file) => (file.sip.engine = 'drachtio'))).toEqual([
      'sip.drachtio: is required by engine drachtio',
    ]);
  });

  it('is refused when a listener cannot exist or is given twice', () => {
    const listen = ['udp:127.0.0.1:5060', 'udp:127.0.0.1:5060', 'tcp:300.0.0.1:5060'];
    expect(check((file) => (file.sip.listen = listen))).toEqual([
      'sip.listen[1]: is already sip.listen[0]',
      'sip.listen[2]: is no address and port that can exist',
    ]);
  });

  it('is refused when a trunk waits on a port that nothing listens on', () => {
    expect(check((file) => (file.trunks[0]!.listen_port = 5099))).toEqual([
      'trunks[0].listen_port: is no port of sip.listen, so nothing can arrive on it',
    ]);
  });
});

describe('two trunks of one source', () => {
  const twins = (first: Record<string, unknown>, second: Record<string, unknown>): string[] =>
    check((file) => {
      dir.write('pass', 'word\n');
      file.sip.listen = ['udp:127.0.0.1:5060', 'udp:127.0.0.1:5062'];
      const twin = { ...file.trunks[0], name: 'twin', ...second };
      file.trunks[0] = { ...file.trunks[0], ...first };
      file.trunks.push(twin);
    });
  const user = (username: string) => ({
    inbound_credentials: { username, password_file: 'pass' },
  });

  it('are refused when nothing tells them apart', () => {
    expect(twins({}, {})).toEqual([
      'trunks[2].sources[0]: is also a source of trunk carrier: give each its own listen_port or inbound_credentials',
    ]);
  });

  it('are refused however the same block is spelled', () => {
    expect(
      twins({ sources: ['2001:db8::1'] }, { sources: ['[2001:DB8:0::0001/128]'] }),
    ).toHaveLength(1);
  });

  it('are refused when only one of them, or both as the same user, must show credentials', () => {
    expect(twins(user('a'), {})).toHaveLength(1);
    expect(twins(user('a'), user('a'))).toHaveLength(1);
  });

  it('are accepted when the port or the user tells them apart', () => {
    expect(twins({ listen_port: 5060 }, { listen_port: 5062 })).toEqual([]);
    expect(twins(user('a'), user('b'))).toEqual([]);
  });
});

describe('a doubtful configuration', () => {
  const warnings = (change: Change) => dir.load(change).warnings.map((issue) => issueText(issue));

  it('warns of a target that the embedded engine cannot reach', () => {
    const targets = ['sip:a.example;transport=tcp', 'sips:a.example', 'sip:a.example'];
    expect(warnings((file) => (file.trunks[0]!.targets = targets))).toEqual([
      expect.stringMatching(/^trunks\[0\]\.targets\[0\]: wants tcp/),
      expect.stringMatching(/^trunks\[0\]\.targets\[1\]: wants tls/),
    ]);
  });

  it('warns of limits that so many calls do not fit in', () => {
    const sip = (max_calls: number, limits: object) => (file: { sip: object }) =>
      Object.assign(file.sip, { max_calls, limits });
    expect(warnings(sip(500, { pending: 499, dialogs: 999 }))).toEqual([
      expect.stringMatching(/^sip\.limits\.pending: is less than 500,/),
      expect.stringMatching(/^sip\.limits\.dialogs: is less than 1000,/),
    ]);
    expect(warnings(sip(500, { pending: 500, dialogs: 1_000 }))).toEqual([]);
  });

  it('warns of a drachtio section that is not used, and does not want its secret', () => {
    expect(warnings((file) => (file.sip.drachtio = { secret_file: 'absent' }))).toEqual([
      expect.stringMatching(/^sip\.drachtio: is not used/),
    ]);
  });
});
