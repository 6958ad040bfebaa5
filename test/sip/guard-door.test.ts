import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it } from 'vitest';
import { did } from '../../src/domain/numbers/did.js';
import { CallGuard, type Side } from '../../src/sip/call-guard.js';
import type { WireProtocol } from '../../src/sip/drachtio.js';
import { GuardDoor } from '../../src/sip/guard-door.js';
import { countArrivals } from '../../src/sip/count-arrivals.js';
import { AGENT, CUSTOMER, pbxTrunk, trunk } from '../support/call-house.js';
import { party, turns } from '../support/fake-sip-call.js';
import { recordingLog, recordingMetrics } from '../support/recording-telemetry.js';

/** The wire of drachtio-srf without a socket: what is sent is written down. */
class Wire extends EventEmitter implements WireProtocol {
  readonly sent: string[] = [];

  send(_: object, frame: string): string {
    this.sent.push(frame);
    return `id-${this.sent.length}`;
  }
}

const SOCKET = {};
let wire: Wire;
let door: GuardDoor;
let metrics: ReturnType<typeof recordingMetrics>;
let log: ReturnType<typeof recordingLog>;
let leaked: string[];

beforeEach(() => {
  wire = new Wire();
  metrics = recordingMetrics();
  log = recordingLog();
  door = new GuardDoor(metrics, log);
  leaked = [];
  const guard = new CallGuard([]);
  guard.arm({
    caller: [party(CUSTOMER)],
    callee: party(AGENT),
    calleeKnownToCaller: false,
    dids: [did('+14155550001')],
    trunks: { caller: trunk(), callee: pbxTrunk() },
    directMedia: true,
  });
  const watch = (callId: string, side: Side): void =>
    door.watch(callId, { guard, side, leaked: ({ kind }) => leaked.push(`${side}: ${kind}`) });
  watch('call-a', 'caller');
  watch('call-b', 'callee');
  door.install(wire);
});

/** What reads the bytes behind the door and would see a leak in them. */
const leaks = (): boolean => wire.sent.some((frame) => frame.includes('5550142'));

function message(startLine: string, ...lines: string[]): string {
  return `${[startLine, ...lines].join('\r\n')}\r\n\r\n`;
}
const send = (meta: string, sip?: string): string =>
  wire.send(SOCKET, sip === undefined ? meta : `${meta}\r\n${sip}`);

const LEAK = `P-Asserted-Identity: <sip:${CUSTOMER}@x>`;

describe('a message that names the other party', () => {
  it.each([
    [
      'an INVITE, by its Call-ID',
      'sip||',
      message('INVITE sip:a@b SIP/2.0', 'Call-ID: call-b', LEAK),
    ],
    [
      'the Call-ID in other spelling',
      'sip||',
      message('INVITE sip:a@b SIP/2.0', LEAK, 'CALL-ID :call-b'),
    ],
    [
      'a request within the dialog',
      'sip||call-b;from-tag=t',
      message('BYE sip:placeholder SIP/2.0', LEAK),
    ],
    ['a response', 'sip|txn|', message('SIP/2.0 200 OK', 'call-id: call-b', LEAK)],
    [
      'a route that is pushed',
      'sip|||sip:203.0.113.5',
      message('INVITE sip:a@b SIP/2.0', 'Call-ID: call-b', LEAK),
    ],
  ])('is not sent: %s', (_, meta, sip) => {
    send(meta, sip);
    expect(leaks()).toBe(false);
    expect(wire.sent).toEqual([]);
    expect(leaked).toEqual(['callee: number']);
    expect(metrics.calls).toEqual([['leakBlocked', 'header']]);
  });

  it('is not sent in a CANCEL either, which names only the transaction', () => {
    door.bindTransaction('txn-b', 'call-b');
    const sip = message('CANCEL sip:a@b SIP/2.0', `Reason: SIP;text="${CUSTOMER}"`);
    send('sip|txn-b|', sip);
    expect(leaks()).toBe(false);
    expect(leaked).toEqual(['callee: number']);
  });

  it('is told of in the log without what it named', () => {
    send('sip||', message('INVITE sip:a@b SIP/2.0', 'Call-ID: call-b', LEAK));
    expect(log.lines).toEqual([
      {
        level: 'error',
        message: expect.stringContaining('Leak blocked') as string,
        fields: {
          field: 'header',
          header: 'P-Asserted-Identity',
          kind: 'number',
          towards: 'callee',
        },
      },
    ]);
    expect(JSON.stringify(log.lines)).not.toContain('5550142');
  });

  it('is answered for the engine, after its sender has noted the id', async () => {
    const answers: string[] = [];
    wire.on('msg', (_: object, frame: string) => answers.push(frame));
    const id = send('sip||', message('INVITE sip:a@b SIP/2.0', 'Call-ID: call-b', LEAK));
    expect(answers).toEqual([]);
    await turns();
    expect(answers).toEqual([`door|response|${id}|NOK|stopped by the leak guard`]);
    const other = send('sip||', message('INVITE sip:a@b SIP/2.0', 'Call-ID: call-b', LEAK));
    expect(other).not.toBe(id);
  });

  it('goes out, and is seen, when the door is not there: so it is the door that stops it', () => {
    const open = new Wire();
    open.send(SOCKET, `sip||\r\n${message('INVITE sip:a@b SIP/2.0', 'Call-ID: call-b', LEAK)}`);
    wire = open;
    expect(leaks()).toBe(true);
  });
});

describe('a message that names nobody', () => {
  it('is sent as it is, and counted', () => {
    const invite = message('INVITE sip:a@b SIP/2.0', 'Call-ID: call-b');
    expect(send('sip||', invite)).toBe('id-1');
    send('sip|txn|', message('SIP/2.0 180 Ringing', 'call-id: call-a'));
    expect(wire.sent[0]).toBe(`sip||\r\n${invite}`);
    expect(metrics.calls).toEqual([
      ['sipRequest', 'out', 'INVITE'],
      ['sipResponse', 'out', 180],
    ]);
  });

  it('may name the caller on the caller’s own leg', () => {
    send('sip|txn|', message('SIP/2.0 200 OK', 'call-id: call-a', `From: <sip:${CUSTOMER}@x>`));
    expect(wire.sent).toHaveLength(1);
  });

  it.each(['authenticate|secret|', 'route|invite', 'remove_route|invite', 'ping'])(
    'is no SIP at all and passes: %s',
    (frame) => {
      send(frame);
      expect(wire.sent).toEqual([frame]);
    },
  );
});

describe('a message that nobody vouches for', () => {
  it('is stopped when it is a request', () => {
    send('sip||', message('INVITE sip:a@b SIP/2.0', 'Call-ID: nobodys'));
    send('sip|txn-unknown|', message('CANCEL sip:a@b SIP/2.0'));
    send('sip||nobodys;from-tag=t', message('BYE sip:placeholder SIP/2.0'));
    expect(wire.sent).toEqual([]);
    expect(log.lines.map(({ fields }) => fields['method'])).toEqual(['INVITE', 'CANCEL', 'BYE']);
    expect(metrics.calls).toEqual([]);
  });

  it('is let go when it refuses a stranger, for whom there is no other side', () => {
    send('sip|txn|', message('SIP/2.0 403 Forbidden', 'call-id: a-strangers'));
    expect(wire.sent).toHaveLength(1);
  });

  it.each(['proxy|txn|remainInDialog', 'cdr|x', 'pingpong', ''])(
    'is stopped when it is of a kind that we never send: %j',
    (frame) => {
      send(frame, message('INVITE sip:a@b SIP/2.0', LEAK));
      expect(wire.sent).toEqual([]);
    },
  );

  it('is every message of a call that is forgotten', () => {
    door.bindTransaction('txn-b', 'call-b');
    expect([door.knows('call-b'), door.size]).toEqual([true, 3]);
    door.forget('call-b', ['txn-b']);
    door.forget('call-a', []);
    expect([door.knows('call-b'), door.size]).toEqual([false, 0]);
    send('sip||call-b;from-tag=t', message('BYE sip:placeholder SIP/2.0'));
    expect(wire.sent).toEqual([]);
  });
});

it('is not hung on a drachtio-srf that has no wire: then nothing may be sent at all', () => {
  expect(() => door.install(new EventEmitter() as WireProtocol)).toThrow(TypeError);
});

it('asks the leg whether a BYE that drachtio-srf does not know is its own', () => {
  const guard = new CallGuard([]);
  door.watch('call-c', { guard, side: 'callee', leaked: () => undefined, strayBye: () => true });
  expect(['call-c', 'call-b', 'nobodys'].map((id) => door.strayBye(id))).toEqual([
    true,
    false,
    false,
  ]);
});

it('counts what comes from the network, and nothing else', () => {
  countArrivals(wire, metrics);
  const network = 'uuid|sip|network|100|udp|203.0.113.5|5060|10:00:00|txn||';
  wire.emit('msg', SOCKET, `${network}\r\n${message('OPTIONS sip:a@b SIP/2.0')}`);
  wire.emit('msg', SOCKET, `${network}\r\n${message('SIP/2.0 486 Busy Here')}`);
  wire.emit(
    'msg',
    SOCKET,
    `${network.replace('network', 'application')}\r\n${message('BYE x SIP/2.0')}`,
  );
  wire.emit('msg', SOCKET, 'uuid|response|id|OK');
  expect(metrics.calls).toEqual([
    ['sipRequest', 'in', 'OPTIONS'],
    ['sipResponse', 'in', 486],
  ]);
});
