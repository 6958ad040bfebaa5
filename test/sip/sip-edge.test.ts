import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seconds } from '../../src/domain/time.js';
import { EngineLink, EngineUnreachable } from '../../src/sip/engine-link.js';
import { pbxTrunk, trunk } from '../support/call-house.js';
import { FakeClock } from '../support/fake-clock.js';
import { FakeEngine, headerIn } from '../support/fake-engine.js';
import { audio } from '../support/fake-sip-call.js';
import { recordingLog, recordingMetrics } from '../support/recording-telemetry.js';
import { eventually, invite, sipSide, type SipSide } from '../support/sip-side.js';

let side: SipSide;
const begin = async (...trunks: Parameters<typeof sipSide>): Promise<SipSide> =>
  (side = await sipSide(...trunks));
afterEach(() => side.close());

const request = (method: string, lines: readonly string[] = []): string =>
  invite({ lines: [`CSeq: 1 ${method}`, ...lines] }).replace(/^INVITE/, method);

describe('who may come in', () => {
  beforeEach(() => begin());

  it('a trunk, whose INVITE becomes a call', async () => {
    const call = await side.arrive({ body: audio('203.0.113.99') });
    expect(call.arrival).toMatchObject({ trunk: { name: 'carrier' }, dialed: { kind: 'number' } });
    call.release();
  });

  it('no stranger: 403, and nothing that it could learn from', async () => {
    side.engine.deliver(invite(), 'txn', '', '192.0.2.66');
    const { message } = await side.engine.take('403');
    expect(message).toContain('SIP/2.0 403 Forbidden');
    expect(headerIn(message, 'Reason')).toBe('Q.850;cause=21');
    expect(side.calls).toEqual([]);
  });

  it('no stranger, and the operator is told where it called from and how often', async () => {
    for (let i = 0; i < 3; i += 1) side.engine.deliver(invite(), `txn-${i}`, '', '192.0.2.66');
    await side.engine.take('403', 3);
    side.clock.advance(seconds(60));
    const told = side.log.lines.filter(({ level }) => level === 'warn');
    const line = (messages: number) => ({
      level: 'warn',
      message: 'INVITEs of a stranger refused',
      fields: {
        source: '192.0.2.66',
        port: 5060,
        reason: 'unknown-source',
        messages,
      },
    });
    expect(told).toEqual([line(1), line(2)]);
    const counted = side.metrics.calls.filter(([name]) => name === 'inviteTurnedAway');
    expect(counted).toEqual(Array(3).fill(['inviteTurnedAway', 'unknown-source']));
  });

  it('OPTIONS is answered 200, whatever else but INVITE is not served', async () => {
    side.engine.deliver(request('OPTIONS'), 'txn-o', '', '192.0.2.66');
    expect(headerIn((await side.engine.take('200')).message, 'Allow')).toContain('INVITE');
    for (const method of ['MESSAGE', 'REGISTER', 'SUBSCRIBE', 'PUBLISH', 'REFER', 'INFO']) {
      side.engine.deliver(request(method), `txn-${method}`);
    }
    await side.engine.take('405', 6);
  });

  it.each(['BYE', 'OPTIONS', 'INFO', 'INVITE', 'UPDATE'])(
    '%s within a dialog that is no more is answered 481, and starts no call',
    async (method) => {
      const lines = ['To: <sip:+14155550001@192.0.2.1>;tag=gone'];
      side.engine.deliver(request(method, lines), 'txn', 'gone;from-tag=x');
      await side.engine.take('481');
      expect(side.calls).toEqual([]);
    },
  );

  it('a call that is here already, when it comes again, is a loop', async () => {
    const call = await side.arrive({ callId: 'same' });
    side.engine.deliver(invite({ callId: 'same' }), 'txn-again');
    await side.engine.take('482');
    expect(side.calls).toHaveLength(1);
    call.release();
    await side.arrive({ callId: 'same' }, 'txn-later');
    expect(side.calls).toHaveLength(2);
  });

  it('counts what came and what went', async () => {
    side.engine.deliver(request('OPTIONS'), 'txn', '', '192.0.2.66');
    await side.engine.take('200');
    const traffic = side.metrics.calls.filter(([name]) => name.startsWith('sip'));
    expect(traffic).toEqual([
      ['sipRequest', 'in', 'OPTIONS'],
      ['sipResponse', 'out', 200],
    ]);
  });
});

describe('a trunk that must show credentials', () => {
  const credentials = { username: 'sbc', password: 'hunter2' };
  beforeEach(() => begin([trunk({ inboundCredentials: credentials }), pbxTrunk()]));

  const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
  function authorization(challenge: string, password: string, username = 'sbc'): string {
    const nonce = /nonce="([^"]*)"/.exec(challenge)?.[1] ?? '';
    const ha1 = md5(`${username}:callveil:${password}`);
    const response = md5(`${ha1}:${nonce}:00000001:c:auth:${md5('INVITE:sip:x')}`);
    return `Proxy-Authorization: Digest username="${username}", realm="callveil", nonce="${nonce}", uri="sip:x", response="${response}", cnonce="c", nc=00000001, qop=auth`;
  }
  async function challenged(): Promise<string> {
    side.engine.deliver(invite({ callId: 'first' }), 'txn-1');
    return headerIn((await side.engine.take('407')).message, 'Proxy-Authenticate');
  }

  it('is challenged, and is let in with the right answer under the same Call-ID', async () => {
    const line = authorization(await challenged(), 'hunter2');
    const call = await side.arrive({ callId: 'first', lines: [line] }, 'txn-2');
    expect(call.arrival.trunk.name).toBe('carrier');
    side.engine.deliver(invite({ callId: 'replayed', lines: [line] }), 'txn-3');
    expect((await side.engine.take('407', 2)).message).toContain('stale=true');
  });

  it.each([
    ['a wrong password', 'hunter3', 'sbc'],
    ['a name of no trunk', 'hunter2', 'nobody'],
  ])('is sent away with %s, like a stranger', async (_, password, username) => {
    const line = authorization(await challenged(), password, username);
    side.engine.deliver(invite({ lines: [line] }), 'txn-2');
    expect((await side.engine.take('403')).message).toContain('403 Forbidden');
    expect(side.calls).toEqual([]);
    expect(JSON.stringify(side.log.lines)).not.toContain(username === 'sbc' ? 'hunter' : 'nobody');
  });
});

describe('the link to the engine', () => {
  it('knows by which addresses we are known, outside and inside', async () => {
    await begin();
    expect(side.link.ownAddresses).toEqual(['192.0.2.1', '2001:db8::1']);
    expect(side.link.up).toBe(true);
  });

  it('says once that the engine is lost, and comes back by itself', async () => {
    await begin();
    side.engine.drop();
    await eventually(() => (side.lost === 1 ? true : undefined));
    expect(side.link.up).toBe(false);
    await eventually(() => (side.link.up ? true : undefined));
    await side.arrive();
    expect(side.lost).toBe(1);
    const dependency = side.metrics.calls.filter(([name]) => name === 'dependency');
    expect(dependency.map(([, , up]) => up)).toEqual([true, false, true]);
  });

  it('is no loss when we hang up ourselves', async () => {
    await begin();
    side.link.disconnect();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(side.lost).toBe(0);
  });

  it('gives up when nobody is there in time', async () => {
    await begin();
    const gone = await FakeEngine.open();
    const { port } = gone;
    await gone.close();
    const clock = new FakeClock();
    const link = new EngineLink({
      address: { host: '127.0.0.1', port, secret: 'x' },
      log: recordingLog(),
      metrics: recordingMetrics(),
      clock,
      lost: () => undefined,
    });
    const failed = expect(link.connect(seconds(1))).rejects.toThrow(EngineUnreachable);
    clock.advance(seconds(1));
    await failed;
  });
});
