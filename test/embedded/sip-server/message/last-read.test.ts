import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepingLast } from '../../../../src/embedded/sip-server/message/last-read.js';
import { tagOf } from '../../../../src/embedded/sip-server/message/name-addr.js';
import { parseVia, topVia } from '../../../../src/embedded/sip-server/message/via.js';

describe('a parser that keeps what it read last', () => {
  it('reads a value once while it is asked for again and again', () => {
    const read: string[] = [];
    const parse = keepingLast((value) => {
      read.push(value);
      return value === '' ? undefined : value.length;
    });
    expect(['a', 'a', 'bb', 'bb', '', '', 'a'].map(parse)).toEqual([
      1,
      1,
      2,
      2,
      undefined,
      undefined,
      1,
    ]);
    expect(read).toEqual(['a', 'bb', '', 'a']);
  });

  it('never answers for one message with the fields of another', () => {
    const vias = ['z9hG4bKa', 'z9hG4bKb'].map((branch) => `SIP/2.0/UDP 192.0.2.1;branch=${branch}`);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(1), fc.nat(1), fc.nat(2)), { maxLength: 12 }),
        (asked) => {
          for (const [via, from, to] of asked) {
            const headers = [
              { name: 'Via', value: vias[via]! },
              { name: 'From', value: `<sip:a@b>;tag=${from}` },
              ...(to === 2 ? [] : [{ name: 'To', value: `<sip:a@b>;tag=${to}` }]),
            ];
            expect(topVia({ headers })).toEqual(parseVia(vias[via]!));
            expect(tagOf({ headers }, 'From')).toBe(String(from));
            expect(tagOf({ headers }, 'To')).toBe(to === 2 ? undefined : String(to));
          }
        },
      ),
    );
  });
});
