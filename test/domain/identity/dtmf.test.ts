import { describe, expect, it } from 'vitest';
import { readDtmf, writeDtmf } from '../../../src/domain/identity/dtmf.js';

const RELAY = 'application/dtmf-relay';

describe('a digit in an INFO', () => {
  it.each([
    [RELAY, 'Signal=5\r\nDuration=160\r\n', '5', 160],
    [RELAY, 'Signal= 5 \nDuration= 250', '5', 250],
    ['Application/DTMF-Relay; charset=utf-8', 'signal=*', '*', 160],
    [RELAY, 'Signal=11\r\nDuration=1', '#', 40],
    [RELAY, 'Duration=99999\r\nSignal=a', 'A', 6000],
    [RELAY, 'Signal=1\r\nDuration=call 4155550100', '1', 160],
    ['application/dtmf', '7\r\n', '7', 160],
    ['application/dtmf', '10', '*', 160],
  ])('as %s "%s" is %s for %i ms', (type, body, digit, durationMs) =>
    expect(readDtmf(type, body)).toEqual({ digit, durationMs }),
  );

  it.each([
    [undefined, '5'],
    ['text/plain', '5'],
    [RELAY, ''],
    [RELAY, 'Signal=55'],
    [RELAY, 'Signal=4155550100'],
    [RELAY, 'Duration=100'],
    ['application/dtmf', 'E'],
    ['application/dtmf', '5'.repeat(10_000)],
  ])('is not read from %s "%.20s"', (type, body) => expect(readDtmf(type, body)).toBeUndefined());

  it('is written in our own words and reads back', () => {
    const written = writeDtmf({ digit: '#', durationMs: 200 });
    expect(written).toEqual({ contentType: RELAY, body: 'Signal=#\r\nDuration=200\r\n' });
    expect(readDtmf(written.contentType, written.body)).toEqual({ digit: '#', durationMs: 200 });
  });
});
