import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAppMessage } from '../../../../src/embedded/sip-server/wire/app-message.js';
import { parseCommand } from '../../../../src/embedded/sip-server/wire/command.js';
import { timeOfDay } from '../../../../src/embedded/sip-server/wire/meta.js';

const command = (text: string) => parseCommand(Buffer.from(text));

describe('commands of applications', () => {
  it('are told apart by their second token', () => {
    expect(command('1|authenticate|secret|a,b')).toEqual({
      is: 'authenticate',
      id: '1',
      secret: 'secret',
    });
    expect(command('2|route|invite')).toEqual({ is: 'route', id: '2', verb: 'invite' });
    expect(command('3|remove_route|invite')).toMatchObject({ is: 'remove route' });
    expect(command('4|ping')).toEqual({ is: 'ping', id: '4' });
    expect(command('5|proxy|t||||simultaneous|1500ms|2s|sip:a@b|sip:c@d')).toEqual({
      ...{ is: 'proxy', id: '5', transactionId: 't', headers: [] },
      ...{ recordRoute: false, fullResponse: false, followRedirects: false, simultaneous: true },
      ...{ provisionalMs: 1_500, finalMs: 2_000, destinations: ['sip:a@b', 'sip:c@d'] },
    });
    expect(command('6|cdr')).toMatchObject({ is: 'unintelligible', why: 'Unknown message type' });
  });

  it('carry a request with its dialog, transaction and next hop', () => {
    const text = '1|sip|txn|dlg;from-tag=x|sip:1.2.3.4\r\nBYE sip:placeholder SIP/2.0\r\n\r\n';
    expect(command(text)).toMatchObject({
      is: 'request',
      transactionId: 'txn',
      dialogId: 'dlg;from-tag=x',
      nextHop: 'sip:1.2.3.4',
      request: { method: 'BYE', uri: 'sip:placeholder' },
    });
  });

  it('without a transaction to answer end the connection, as with drachtio-server', () => {
    expect(command('1|sip||\r\nSIP/2.0 200 OK\r\n\r\n')).toEqual({
      is: 'unintelligible',
      id: '1',
      why: 'transaction id missing',
    });
  });

  it('never throw, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom('', '1|sip|t|\r\n'), (bytes, prefix) => {
        const payload = Buffer.concat([Buffer.from(prefix), bytes]);
        expect(typeof parseCommand(payload).is).toBe('string');
      }),
    );
  });
});

describe('messages of applications', () => {
  it('get their usual spelling back', () => {
    const text =
      'INVITE sip:a@b SIP/2.0\r\ncall-id: 1\r\nx-mine: 2\r\nmy-own: 3\r\ncseq: 4 INVITE\r\n\r\n';
    const names = parseAppMessage(Buffer.from(text))?.headers.map((field) => field.name);
    expect(names).toEqual(['Call-ID', 'x-mine', 'My-Own', 'CSeq']);
  });

  it('have for a body all that follows, because the client counts characters', () => {
    const text = 'MESSAGE sip:a@b SIP/2.0\r\ncontent-length: 2\r\n\r\nüü\r\n\r\n📞';
    expect(parseAppMessage(Buffer.from(text))?.body.toString()).toBe('üü\r\n\r\n📞');
  });

  it.each(['', 'INVITE', 'invite sip:a SIP/2.0', 'SIP/2.0 99 X', 'SIP/2.0 700 X', 'BYE a SIP/3.0'])(
    'that begin with "%s" are refused',
    (line) => {
      expect(parseAppMessage(Buffer.from(`${line}\r\n\r\n`))).toBeUndefined();
    },
  );
});

describe('the time of day', () => {
  it('is UTC with microseconds', () => {
    expect(timeOfDay(Date.UTC(2026, 10, 22, 5, 15, 59) + 976.186)).toBe('05:15:59.976186');
    expect(timeOfDay(Date.UTC(2026, 10, 22, 0, 0, 0))).toBe('00:00:00.000000');
    expect(timeOfDay(Date.UTC(2026, 10, 22, 23, 59, 59) + 999.9998)).toBe('23:59:59.999999');
  });
});
