import { describe, expect, it } from 'vitest';
import { DigitCodes } from '../../../src/domain/recordings/digit-codes.js';
import { instant } from '../../../src/domain/time.js';

const codes = { start: '*1', pause: '*21', stop: undefined };

/** What each digit of a text orders, dialed `apart` ms from each other. */
function dialed(text: string, apart = 200, of = codes): (string | undefined)[] {
  const heard = new DigitCodes(of);
  return text.split('').map((digit, n) => heard.heard(digit, instant(n * apart)));
}

const orders = (...args: Parameters<typeof dialed>): string[] =>
  dialed(...args).flatMap((order) => order ?? []);

describe('the codes of a recording', () => {
  it('order with their last digit', () => {
    expect(dialed('*1')).toEqual([undefined, 'start']);
    expect(dialed('*21')).toEqual([undefined, undefined, 'pause']);
  });

  it('are found in what else is dialed, each time anew', () => {
    expect(orders('5*17*21**1#')).toEqual(['start', 'pause', 'start']);
  });

  it('are no order when somebody takes long', () => {
    expect(orders('*1', 3001)).toEqual([]);
    expect(orders('*1', 3000)).toEqual(['start']);
  });

  it('mean nothing where none is configured', () => {
    const none = { start: undefined, pause: undefined, stop: undefined };
    expect(dialed('*1', 200, none as unknown as typeof codes)).toEqual([undefined, undefined]);
  });
});
