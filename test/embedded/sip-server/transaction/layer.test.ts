import { beforeEach, describe, expect, it } from 'vitest';
import { parseMessage } from '../../../../src/embedded/sip-server/message/parse.js';
import type {
  Hop,
  Listener,
  SipRequest,
  SipResponse,
} from '../../../../src/embedded/sip-server/message/sip-message.js';
import { rfcTimers } from '../../../../src/embedded/sip-server/transaction/timing.js';
import type { ServerTransaction } from '../../../../src/embedded/sip-server/transaction/server-transaction.js';
import {
  TransactionLayer,
  type ReceivedRequest,
} from '../../../../src/embedded/sip-server/transaction/transaction-layer.js';
import type {
  SendFailed,
  Transport,
} from '../../../../src/embedded/sip-server/transport/transport.js';
import { FakeTiming } from '../fake-timing.js';

const peer: Hop = { protocol: 'udp', address: '192.0.2.1', port: 5060 };
const listener: Listener = { ...peer, address: '127.0.0.1', externalAddress: '127.0.0.1' };

function text(start: string, method: string, branch: string, to = '<sip:b@b>'): string {
  return [
    start,
    `Via: SIP/2.0/UDP 192.0.2.1:5060;branch=${branch}`,
    'From: <sip:a@a>;tag=f',
    `To: ${to}`,
    'Call-ID: c1',
    `CSeq: 1 ${method}`,
    'Contact: <sip:a@192.0.2.1>',
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
}

const request = (method: string, branch = 'z9hG4bK1', to?: string): SipRequest =>
  parseMessage(Buffer.from(text(`${method} sip:b@b SIP/2.0`, method, branch, to))) as SipRequest;

const response = (status: number, method = 'INVITE', branch = 'z9hG4bK1', tag = 't'): SipResponse =>
  parseMessage(
    Buffer.from(text(`SIP/2.0 ${status} X`, method, branch, `<sip:b@b>;tag=${tag}`)),
  ) as SipResponse;

describe('the transaction layer', () => {
  let timing: FakeTiming;
  let sent: string[];
  let failures: SendFailed[];
  let layer: TransactionLayer;
  let requests: ServerTransaction[];
  let acks: ReceivedRequest[];
  let cancels: (ServerTransaction | undefined)[];
  let refused: number;

  beforeEach(() => {
    timing = new FakeTiming();
    sent = [];
    failures = [];
    requests = [];
    acks = [];
    cancels = [];
    refused = 0;
    const transport: Transport = {
      streams: 0,
      listeners: [listener],
      listenerFor: () => listener,
      connected: () => true,
      send: (bytes, _, failed) => {
        sent.push(bytes.toString().split('\r\n', 1)[0] ?? '');
        failures.push(failed);
      },
      close: () => Promise.resolve(),
    };
    layer = new TransactionLayer({
      transport,
      timing,
      timers: rfcTimers,
      maxTransactions: 3,
      reservedTransactions: 1,
      user: {
        request: (transaction) => requests.push(transaction),
        ack: (received) => acks.push(received),
        cancel: (_transaction, _received, invite) => cancels.push(invite),
        dismissed: ({ message }) => message.method === 'PUBLISH',
        goesFirst: ({ method }) => method === 'BYE',
        overloaded: () => (refused += 1),
      },
    });
  });

  const receive = (message: SipRequest | SipResponse) =>
    layer.receive({ message, bytes: 0, from: peer, listener });

  const call = () => {
    const heard: number[] = [];
    const endings: string[] = [];
    const transaction = layer.send(request('INVITE'), peer, {
      response: ({ status }) => heard.push(status),
      timedOut: () => endings.push('timeout'),
      unreachable: () => endings.push('unreachable'),
    });
    return { transaction, heard, endings };
  };

  it('tells a repeated request from a new one by branch, sent-by and method', () => {
    receive(request('OPTIONS'));
    receive(request('OPTIONS'));
    receive(request('OPTIONS', 'z9hG4bK2'));
    receive(request('INFO'));
    expect(requests).toHaveLength(3);
  });

  it('keeps nothing of a request that was dismissed', () => {
    receive(request('PUBLISH'));
    expect([requests.length, layer.size, timing.pending]).toEqual([0, 0, 0]);
  });

  it('knows callers without a magic cookie by everything else', () => {
    receive(request('INVITE', 'old'));
    receive(request('INVITE', 'old'));
    expect(requests).toHaveLength(1);
    requests[0]?.respond(486, Buffer.from('SIP/2.0 486 Busy Here\r\n'));
    receive(request('ACK', 'old', '<sip:b@b>;tag=t'));
    expect(acks).toEqual([]);
  });

  it('hands up the ACK to a 2xx and keeps that to a refusal', () => {
    receive(request('INVITE'));
    requests[0]?.respond(200, Buffer.from('SIP/2.0 200 OK\r\n'));
    receive(request('ACK', 'z9hG4bK9'));
    receive(request('ACK'));
    expect(acks).toHaveLength(2);
    receive(request('INVITE', 'z9hG4bK5'));
    requests[1]?.respond(404, Buffer.from('SIP/2.0 404 Not Found\r\n'));
    receive(request('ACK', 'z9hG4bK5'));
    expect(acks).toHaveLength(2);
  });

  it('finds the INVITE that a CANCEL names, and only that', () => {
    receive(request('INVITE'));
    receive(request('CANCEL'));
    receive(request('CANCEL', 'z9hG4bK2'));
    expect(cancels).toEqual([requests[0], undefined]);
  });

  it('refuses new requests when it is full and has room again later', () => {
    for (const branch of ['1', '2', '3', '4']) receive(request('OPTIONS', `z9hG4bK${branch}`));
    expect([requests.length, refused]).toEqual([3, 1]);
    for (const one of requests) one.respond(200, Buffer.from('SIP/2.0 200 OK\r\n'));
    timing.advance(32_000);
    expect(layer.size).toBe(0);
  });

  it('keeps room for what goes first, and that is bounded too', () => {
    for (const branch of ['1', '2', '3', '4']) receive(request('OPTIONS', `z9hG4bK${branch}`));
    for (const branch of ['5', '6']) receive(request('BYE', `z9hG4bK${branch}`));
    expect([requests.length, refused]).toEqual([4, 2]);
  });

  it('sends a refusal no second answer', () => {
    receive(request('INVITE'));
    expect(requests[0]?.respond(486, Buffer.from('SIP/2.0 486 Busy Here\r\n'))).toBe(true);
    expect(requests[0]?.respond(200, Buffer.from('SIP/2.0 200 OK\r\n'))).toBe(false);
    expect(sent).toEqual(['SIP/2.0 486 Busy Here']);
  });

  it('matches responses by branch and method and drops the rest', () => {
    const { heard } = call();
    receive(response(180, 'INVITE', 'z9hG4bKother'));
    receive(response(200, 'CANCEL'));
    receive(response(180));
    receive(response(486));
    receive(response(486));
    expect(heard).toEqual([180, 486]);
    expect(sent.filter((line) => line.startsWith('ACK'))).toHaveLength(2);
  });

  it('passes every 2xx of an INVITE up, for 64*T1', () => {
    const { heard } = call();
    receive(response(200));
    receive(response(200, 'INVITE', 'z9hG4bK1', 'fork'));
    timing.advance(31_999);
    receive(response(200));
    timing.advance(1);
    receive(response(200));
    expect(heard).toEqual([200, 200, 200]);
  });

  it('sends a CANCEL only after a provisional response, and never after a final one', () => {
    const first = call();
    first.transaction.cancel();
    expect(sent).toEqual(['INVITE sip:b@b SIP/2.0']);
    receive(response(100));
    expect(sent[1]).toBe('CANCEL sip:b@b SIP/2.0');
    first.transaction.cancel();
    expect(sent).toHaveLength(2);
    layer.close();
    const second = call();
    second.transaction.cancel();
    receive(response(200));
    expect(sent.filter((line) => line.startsWith('CANCEL'))).toHaveLength(1);
  });

  it('gives up an INVITE 64*T1 after its CANCEL', () => {
    const { transaction, endings } = call();
    receive(response(180));
    timing.advance(60_000);
    transaction.cancel();
    timing.advance(32_000);
    expect(endings).toEqual(['timeout']);
    expect(layer.size).toBeLessThanOrEqual(1);
  });

  it('reports a lost peer once', () => {
    const { endings } = call();
    for (const failed of failures) failed({ ok: false, why: 'unreachable' });
    for (const failed of failures) failed({ ok: false, why: 'unreachable' });
    timing.advance(40_000);
    expect(endings).toEqual(['unreachable']);
    expect(layer.size).toBe(0);
  });
});
