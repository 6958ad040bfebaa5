import { describe, expect, it } from 'vitest';
import { orParseError, ParseError } from '../../src/embedded/sip-server/message/parse-error.js';
import { parseMessage } from '../../src/embedded/sip-server/message/parse.js';
import { serialize } from '../../src/embedded/sip-server/message/serialize.js';
import { readSdp, writeSdp } from '../../src/domain/identity/sdp.js';
import { readDtmf } from '../../src/domain/identity/dtmf.js';
import { callersOf } from '../../src/sip/caller-identity.js';
import { readArrival, sessionTimerOf } from '../../src/sip/read-arrival.js';
import { tracesOf } from '../../src/sip/traces.js';
import { trunk } from '../support/call-house.js';
import { seed } from '../support/property-seed.js';
import { requestOf } from '../support/sip-side.js';
import { Dice } from './dice.js';
import { composeMessage, describeSession } from './grammar.js';
import { nextMessage } from './messages.js';
import { mutate } from './mutate.js';
import { canary } from './words.js';

const own = { sessionId: '31415926', version: 1, address: '198.51.100.1' };

/** What would leave of a description; undefined when nothing does. */
function rebuilt(text: string): string | undefined {
  const reading = readSdp(text);
  return reading.ok ? writeSdp(reading.media, own) : undefined;
}

describe('whatever the engine lets pass', () => {
  it('is read for a call without a throw, and its description keeps its words to itself', () => {
    const dice = new Dice(seed);
    const method = 'INVITE';
    let offers = 0;
    for (let count = 0; count < 1_200; count += 1) {
      const bytes = dice.once(2) ? nextMessage(dice) : composeMessage(dice, { method });
      const message = orParseError(() => parseMessage(bytes));
      if (message instanceof ParseError || message.kind !== 'request') continue;
      const request = requestOf(serialize(message).toString());
      const { offer } = readArrival(request, trunk());
      callersOf(request, trunk());
      sessionTimerOf(request);
      tracesOf(request, 'from', '203.0.113.5');
      readDtmf(request.get('content-type'), request.body ?? '');
      const leaving = offer === undefined ? undefined : rebuilt(offer);
      if (leaving === undefined) continue;
      offers += 1;
      expect(leaving).not.toContain(canary);
    }
    expect(offers).toBeGreaterThan(50);
  });

  it('is a description that can be rebuilt, or none', () => {
    const dice = new Dice(seed + 1);
    let good = 0;
    for (let count = 0; count < 1_500; count += 1) {
      const text = describeSession(dice);
      const mutant = mutate(dice, Buffer.from(text), Buffer.from(describeSession(dice)));
      for (const description of [text, mutant.toString()]) {
        const leaving = rebuilt(description);
        if (leaving === undefined) continue;
        good += 1;
        expect(leaving).not.toContain(canary);
        expect(rebuilt(leaving)).toBe(leaving);
      }
    }
    expect(good).toBeGreaterThan(300);
  });
});
