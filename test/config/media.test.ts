import { describe, expect, it } from 'vitest';
import { issueText } from '../../src/config/issues.js';
import { TestDir } from './support.js';

const dir = new TestDir();
dir.write('pass', 'secret of the server');

type Section = Record<string, unknown>;

const load = (
  media: Section,
  change: (file: { sip: Section; trunks: Section[] }) => void = nothing,
) =>
  dir.load((file) => {
    Object.assign(file, { media });
    change(file);
  });
const nothing = (): void => undefined;
const warnings = (...args: Parameters<typeof load>) => load(...args).warnings.map(issueText);
const server = (more: Section = {}) => ({ name: 'fs-1', password_file: 'pass', ...more });

describe('media', () => {
  it('is our own media server in one thread, unless told otherwise', () => {
    expect(load({}).media).toMatchObject({ engine: 'embedded', threads: 1, freeswitch: [] });
  });

  it('takes RTP where SIP is heard, when that is one address', () => {
    const rtpOf = (...listen: string[]) =>
      load({}, (file) => (file.sip['listen'] = listen)).media.rtp;
    expect(rtpOf('udp:127.0.0.1:5060', 'tcp:127.0.0.1:5060').address).toBe('127.0.0.1');
    expect(rtpOf('udp:0.0.0.0:5060').address).toBe('0.0.0.0');
    expect(rtpOf('udp:10.0.0.1:5060', 'udp:10.0.0.2:5060').address).toBe('0.0.0.0');
    expect(rtpOf('tcp:[::1]:5060', 'udp:10.0.0.1:5060').address).toBe('10.0.0.1');
  });

  it('tells parties the address that SIP tells them', () => {
    const told = (external: string, rtp: Section = {}) =>
      load({ rtp }, (file) => (file.sip['external_address'] = external)).media.rtp
        .advertisedAddress;
    expect(told('198.51.100.1')).toBe('198.51.100.1');
    expect(told('198.51.100.1', { advertised_address: '198.51.100.2' })).toBe('198.51.100.2');
    expect(told('callveil.example')).toBeUndefined();
  });

  it('reads the passwords of FreeSWITCH servers from their files', () => {
    expect(load({ engine: 'freeswitch', freeswitch: [server()] }).media.freeswitch).toEqual([
      {
        name: 'fs-1',
        host: '127.0.0.1',
        port: 8021,
        password: 'secret of the server',
        profile: 'drachtio_mrf',
        channelPort: 0,
      },
    ]);
    expect(() =>
      load({ engine: 'freeswitch', freeswitch: [server({ password_file: 'none' })] }),
    ).toThrow(/media\.freeswitch\[0\]\.password_file: names a file that does not exist/);
  });

  it('says what does not fit together', () => {
    const twice = [server({ channel_port: 9000 }), server({ channel_port: 9000 })];
    expect(() => load({ engine: 'freeswitch' })).toThrow(/media\.freeswitch: is required/);
    expect(() => load({ engine: 'freeswitch', freeswitch: twice })).toThrow(
      /\[1\]\.name: is already the name[^]*\[1\]\.channel_port: is already the port/,
    );
    expect(() => load({ rtp: { lowest_port: 9000, highest_port: 9001 } })).toThrow(
      /highest_port: leaves no two ports/,
    );
    expect(() => load({ rtp: { lowest_port: 5000, highest_port: 6000 } })).toThrow(
      /sip\.listen\[0\]: has a port of media\.rtp/,
    );
    expect(() => load({ rtp: { advertised_address: '0.0.0.0' } })).toThrow(/no address to send to/);
    expect(() => load({ rtp: { address: 'media.example' } })).toThrow(/must be an IP address/);
  });

  it('takes nothing into a command of the event socket that could be another one', () => {
    for (const bad of ['a b', 'x\napi shutdown', 'a@b', '']) {
      expect(() => load({ conference_profile: bad })).toThrow(
        /conference_profile: must be letters/,
      );
    }
  });

  it('warns of anchored trunks that nothing serves', () => {
    const anchored = (file: { trunks: Section[] }): void => {
      delete file.trunks[0]!['media'];
    };
    expect(warnings({}, anchored)).toEqual([]);
    expect(warnings({ engine: 'none' }, anchored)).toEqual([
      expect.stringMatching(/^trunks\[0\]\.media: is anchored, .*media-unavailable/),
    ]);
  });

  it('warns of what is not used, or not enough, or out of reach', () => {
    expect(warnings({ freeswitch: [server()] })).toEqual([
      expect.stringMatching(/^media\.freeswitch: is not used: media\.engine is embedded/),
    ]);
    expect(warnings({ engine: 'none', threads: 2 })).toEqual([
      expect.stringMatching(/^media\.threads: is not used/),
    ]);
    expect(warnings({ rtp: { lowest_port: 20_000, highest_port: 20_099 } })).toEqual([
      expect.stringMatching(/leaves ports for 50 endpoints a thread/),
    ]);
    const remote = { engine: 'freeswitch', freeswitch: [server({ host: '192.0.2.9' })] };
    expect(warnings(remote)).toEqual([expect.stringMatching(/says 127\.0\.0\.1, where .*\[0\]/)]);
    expect(warnings({ ...remote, channels: { address: '192.0.2.1' } })).toEqual([]);
  });

  it('counts the dialogs with endpoints in what the engine must hold', () => {
    const anchored = (file: { sip: Section; trunks: Section[] }): void => {
      delete file.trunks[0]!['media'];
      Object.assign(file.sip, { max_calls: 500, limits: { dialogs: 1999 } });
    };
    expect(warnings({}, anchored)).toEqual([expect.stringMatching(/dialogs: is less than 2000/)]);
  });
});
