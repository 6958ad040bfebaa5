import { describe, expect, it } from 'vitest';
import { issueText } from '../../src/config/issues.js';
import { said, TestDir } from './support.js';

const dir = new TestDir();
type Sip = Record<string, unknown>;
const check = (sip: Sip) => said(() => dir.load((file) => Object.assign(file.sip, sip)));
const warnings = (change: Parameters<TestDir['load']>[0]) =>
  dir.load(change).warnings.map((issue) => issueText({ ...issue, line: undefined as never }));

describe('a name server', () => {
  const servers = (server: string) => check({ dns: { servers: [server] } });

  it.each(['10.0.0.999', '10.0.0.2:0', '10.0.0.2:99999', '[:::]', '[::1]:70000', 'ns.example'])(
    '%s is refused',
    (server) => {
      expect(servers(server)).toEqual([expect.stringMatching(/^sip\.dns\.servers\[0\]: must be/)]);
    },
  );

  it.each(['10.0.0.2', '10.0.0.2:53', '[2001:db8::53]', '[2001:db8::53]:65535'])(
    '%s is taken',
    (server) => {
      expect(servers(server)).toEqual([]);
    },
  );
});

describe('two listeners', () => {
  const listen = (...texts: string[]) => check({ listen: texts });

  it.each([
    ['tcp:127.0.0.1:5060', 'ws:127.0.0.1:5060'],
    ['tcp:0.0.0.0:5060', 'tcp:127.0.0.1:5060'],
    ['udp:[::1]:5060', 'udp:[0:0::0001]:5060'],
  ])('%s and %s are refused: they want one port', (one, other) => {
    expect(listen(one, other)).toEqual([
      expect.stringMatching(/^sip\.listen\[1\]: wants the port of sip\.listen\[0\]/),
    ]);
  });

  it.each([
    ['udp:127.0.0.1:5060', 'tcp:127.0.0.1:5060'],
    ['udp:0.0.0.0:5060', 'udp:[::]:5060'],
    ['tcp:127.0.0.1:5060', 'tcp:127.0.0.2:5060'],
    ['tcp:127.0.0.1:0', 'ws:127.0.0.1:0'],
  ])('%s and %s are taken', (one, other) => {
    expect(listen(one, other)).toEqual([]);
  });

  it('may not be on an address that cannot exist', () => {
    expect(listen('udp:[:::]:5760')).toEqual([
      'sip.listen[0]: is no address and port that can exist',
    ]);
  });
});

describe('the limits of the engine', () => {
  it.each(['message_bytes', 'start_line_bytes', 'header_fields', 'header_line_bytes'])(
    'leave a call possible: %s has a least value',
    (limit) => {
      expect(check({ limits: { [limit]: 1 } })).toEqual([
        expect.stringMatching(`^sip\\.limits\\.${limit}: must be at least \\d+$`),
      ]);
    },
  );

  it.each(['message_bytes', 'start_line_bytes', 'header_line_bytes'])(
    'end somewhere: %s has a greatest value',
    (limit) => {
      expect(check({ limits: { [limit]: 99_999_999 } })).toEqual([
        `sip.limits.${limit}: must be at most 1048576`,
      ]);
    },
  );

  it('are told where one makes another useless', () => {
    const limits = { connections: 100, message_bytes: 8_192, header_line_bytes: 10_000 };
    expect(warnings((file) => (file.sip['limits'] = limits))).toEqual([
      'sip.limits.header_line_bytes: is 10000 and has no effect: message_bytes is 8192',
      'sip.limits.connections_per_source: is 512 and has no effect: connections is 100',
    ]);
  });
});

describe('the settings of an engine that is not used', () => {
  it('are told to whoever uses a drachtio-server', () => {
    dir.write('secret', 'x\n');
    const drachtio = { engine: 'drachtio', drachtio: { secret_file: 'secret' } };
    const ignored = (sip: Sip) =>
      warnings((file) => (file.sip = { ...drachtio, ...sip })).map((line) => line.split(':')[0]);
    const own = {
      tls: { certificate_file: 'a', key_file: 'b' },
      dns: { servers: ['10.0.0.2'] },
      admission: { strangers: 'answer' },
      overload: { control: 'off' },
      limits: { dialogs: 10 },
    };
    expect(ignored(own)).toEqual(Object.keys(own).map((key) => `sip.${key}`));
    expect(ignored({})).toEqual([]);
  });
});

describe('a text that is too short', () => {
  it('is said to lack characters', () => {
    expect(check({ admission: { scanner_agents: [''] } })).toEqual([
      'sip.admission.scanner_agents[0]: must have at least 3 characters',
    ]);
  });
});

describe('a target over a transport that nothing can listen on', () => {
  it('is refused', () => {
    const targets = ['sip:a.example;transport=sctp', 'sip:a.example;transport=UDP'];
    expect(said(() => dir.load((file) => (file.trunks[0]!.targets = targets)))).toEqual([
      'trunks[0].targets[0]: names transport sctp; transports: udp, tcp, tls, ws, wss',
    ]);
  });
});

describe('sources that all have a port', () => {
  const listen = ['udp:127.0.0.1:5060', 'tcp:127.0.0.1:5062'];
  const warned = (trunk: object) =>
    warnings((file) => {
      file.sip['listen'] = listen;
      Object.assign(file.trunks[0]!, trunk);
    });

  it('are doubted where a listener takes connections, which come from any port', () => {
    expect(warned({ sources: ['203.0.113.5:5060', '203.0.113.6:5060'] })).toEqual([
      expect.stringMatching(/^trunks\[0\]\.sources: have a port each: over tcp a peer/),
    ]);
  });

  it('are not where one has none, or the trunk arrives on a datagram port', () => {
    expect(warned({ sources: ['203.0.113.5:5060', '203.0.113.6'] })).toEqual([]);
    expect(warned({ sources: ['203.0.113.5:5060'], listen_port: 5060 })).toEqual([]);
  });
});
