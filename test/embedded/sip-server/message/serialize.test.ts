import { describe, expect, it } from 'vitest';
import type { SipMessage } from '../../../../src/embedded/sip-server/message/sip-message.js';
import { serialize } from '../../../../src/embedded/sip-server/message/serialize.js';

const nothing = Buffer.alloc(0);

function text(message: SipMessage): string {
  return serialize(message).toString('utf8');
}

describe('a message goes out', () => {
  it('with its lines, an empty line and its body', () => {
    const headers = [{ name: 'Via', value: 'SIP/2.0/UDP h' }];
    expect(
      text({ kind: 'request', method: 'INFO', uri: 'sip:a@b', headers, body: Buffer.from('né') }),
    ).toBe('INFO sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h\r\nContent-Length: 3\r\n\r\nné');
  });

  it('with its status line', () => {
    expect(text({ kind: 'response', status: 180, reason: '', headers: [], body: nothing })).toBe(
      'SIP/2.0 180 \r\nContent-Length: 0\r\n\r\n',
    );
  });

  it('with the length counted, not the one that was claimed', () => {
    const headers = [
      { name: 'content-length', value: '999' },
      { name: 'Subject', value: 's' },
      { name: 'l', value: '5' },
    ];
    expect(text({ kind: 'response', status: 200, reason: 'OK', headers, body: nothing })).toBe(
      'SIP/2.0 200 OK\r\nContent-Length: 0\r\nSubject: s\r\n\r\n',
    );
  });

  it('with names in their usual spelling and X- names as they are', () => {
    const headers = ['call-id', 'p-asserted-identity', 'rack', 'X-Own-name', 'x-own'].map(
      (name) => ({
        name,
        value: '1',
      }),
    );
    expect(text({ kind: 'response', status: 200, reason: 'OK', headers, body: nothing })).toContain(
      'Call-ID: 1\r\nP-Asserted-Identity: 1\r\nRAck: 1\r\nX-Own-name: 1\r\nx-own: 1\r\n',
    );
  });

  it('without a line that a value tried to begin', () => {
    const headers = [{ name: 'Subject\r\nX-A', value: 'a\r\nX-Forged: b\0' }];
    const bytes = text({ kind: 'request', method: 'M\n', uri: 'u\r', headers, body: nothing });
    expect(bytes.split('\r\n')).toHaveLength(5);
    expect(bytes).not.toMatch(/\r(?!\n)|(?<!\r)\n|\0/);
  });
});
