import { describe, expect, it } from 'vitest';
import {
  orParseError,
  ParseError,
} from '../../../../src/embedded/sip-server/message/parse-error.js';
import { parseMessage } from '../../../../src/embedded/sip-server/message/parse.js';
import { addressOf, tagOf } from '../../../../src/embedded/sip-server/message/name-addr.js';
import { serialize } from '../../../../src/embedded/sip-server/message/serialize.js';
import { viasOf } from '../../../../src/embedded/sip-server/message/via.js';
import { wire } from './builders.js';
import { invalidMessages } from './torture-invalid.js';
import { oddMessages } from './torture-meaning.js';
import type { TortureMessage } from './torture-parts.js';
import { validMessages } from './torture-valid.js';

const tortureMessages = [...validMessages, ...invalidMessages, ...oddMessages];

function outcomeOf(bytes: Buffer): TortureMessage['outcome'] | 414 | 513 {
  const result = orParseError(() => parseMessage(bytes));
  if (!(result instanceof ParseError)) return 'valid';
  return result.answerable === undefined ? 'dropped' : result.status;
}

describe('the torture messages of RFC 4475', () => {
  it.each(tortureMessages)('$section $name: $outcome', ({ lines, body, outcome }) => {
    expect(outcomeOf(wire(lines, body))).toBe(outcome);
  });

  it.each(tortureMessages.filter((message) => message.outcome === 'valid'))(
    '$name stays what it is when it is sent on',
    ({ lines, body }) => {
      const message = parseMessage(wire(lines, body));
      const again = parseMessage(serialize(message));
      const named = (name: string) => (field: { name: string }) => field.name !== name;
      const kept = message.headers.filter(named('Content-Length'));
      // An escaped NUL is the one thing we read and would rather not write.
      const written = kept.map((f) => ({ ...f, value: f.value.replaceAll('\0', ' ') }));
      expect(again.headers.filter(named('Content-Length'))).toEqual(written);
      expect(again.body).toEqual(message.body);
    },
  );

  it('wsinv is read for what it says', () => {
    const message = parseMessage(wire(validMessages[0]!.lines, validMessages[0]!.body));
    expect(tagOf(message, 'To')).toBe('1918181833n');
    expect(addressOf(message, 'From')?.displayName).toBe('J Rosenberg \\"');
    expect(viasOf(message)).toMatchObject([
      { transport: 'UDP', host: '192.0.2.2', branch: '390skdjuw' },
      { transport: 'TCP', host: 'spindle.example.com', branch: 'z9hG4bK9ikj8' },
      { transport: 'UDP', host: '192.168.255.111', branch: 'z9hG4bK30239' },
    ]);
  });
});
