import { deepStrictEqual } from 'node:assert';
import { describe, expect, it } from 'vitest';
import { responseTo } from '../../src/embedded/sip-server/message/responses.js';
import { vet } from '../../src/embedded/sip-server/core/vetting.js';
import { headerList } from '../../src/embedded/sip-server/message/headers.js';
import { defaultLimits } from '../../src/embedded/sip-server/message/limits.js';
import { addressesOf, contactsOf } from '../../src/embedded/sip-server/message/name-addr.js';
import { orParseError, ParseError } from '../../src/embedded/sip-server/message/parse-error.js';
import { parseMessage } from '../../src/embedded/sip-server/message/parse.js';
import { serialize } from '../../src/embedded/sip-server/message/serialize.js';
import type { SipMessage } from '../../src/embedded/sip-server/message/sip-message.js';
import { stampVia, viasOf } from '../../src/embedded/sip-server/message/via.js';
import {
  StreamFramer,
  type Framed,
} from '../../src/embedded/sip-server/transport/stream-framer.js';
import { seed } from '../support/property-seed.js';
import { Dice } from './dice.js';
import { nextMessage } from './messages.js';

const source = { protocol: 'udp', address: '192.0.2.99', port: 5061 } as const;

/** What stays of a message when it is sent on: an escaped NUL does not. */
function essence(message: SipMessage): unknown {
  const { headers, body, ...start } = message;
  const kept = headers.filter(({ name }) => name !== 'Content-Length');
  const clean = (text: string): string => text.replace(/\0+/g, ' ').replace(/^[ \t]+|[ \t]+$/g, '');
  return [
    Object.values(start).map((value) => clean(String(value))),
    kept.map(({ name, value }) => [name, clean(value)]),
    body,
  ];
}

describe('whatever is made of SIP messages', () => {
  it('is read as a message or refused, and what is read is written the same', () => {
    const dice = new Dice(seed);
    let accepted = 0;
    for (let count = 0; count < 5_000; count += 1) {
      const bytes = nextMessage(dice);
      const message = orParseError(() => parseMessage(bytes));
      if (message instanceof ParseError) {
        const answer = message.answerable;
        if (answer) {
          const { status, detail: reason } = message;
          const text = serialize(responseTo(answer, { status, reason, toTag: 'x' })).toString();
          deepStrictEqual(text.split('\r\n\r\n').length, 2);
        }
        continue;
      }
      accepted += 1;
      const written = serialize(message);
      const again = orParseError(() =>
        parseMessage(written, { ...defaultLimits, messageBytes: 1e6 }),
      );
      if (again instanceof ParseError) {
        throw new Error(`${again.message} in what we wrote: ${JSON.stringify(written.toString())}`);
      }
      // Not expect: it is a hundred times as slow, and this is asked thousands of times.
      deepStrictEqual(essence(again), essence(message));
      deepStrictEqual(serialize(again), written);
    }
    // A fuzzer whose every message is refused tries nothing.
    expect(accepted).toBeGreaterThan(800);
  });

  it('can be looked at from every side', () => {
    const dice = new Dice(seed + 1);
    for (let count = 0; count < 1_500; count += 1) {
      const bytes = nextMessage(dice);
      const message = orParseError(() => parseMessage(bytes));
      if (message instanceof ParseError) continue;
      for (const { name } of [...message.headers]) {
        headerList(message, name);
        addressesOf(message, name);
      }
      contactsOf(message);
      if (message.kind === 'response') continue;
      vet(message);
      stampVia(message, source);
      expect(viasOf(message)?.[0]?.received ?? source.address).toBe(source.address);
    }
  });

  it('comes out of a stream the same however it was cut', () => {
    const dice = new Dice(seed + 2);
    const framedOf = (chunks: readonly Buffer[]): unknown[] => {
      const framer = new StreamFramer(defaultLimits);
      const all: Framed[] = chunks.flatMap((chunk) => framer.push(chunk));
      return all.map((one) =>
        one.kind === 'refused' ? [one.error.status, one.error.detail, one.fatal] : one,
      );
    };
    for (let count = 0; count < 200; count += 1) {
      const stream = Buffer.concat(dice.many(1, 6, () => nextMessage(dice)));
      const cuts = dice.many(1, 20, () => dice.throw(stream.length)).sort((a, b) => a - b);
      const chunks = [0, ...cuts].map((at, index) =>
        stream.subarray(at, cuts[index] ?? stream.length),
      );
      expect(framedOf(chunks)).toEqual(framedOf([stream]));
    }
  });
});
