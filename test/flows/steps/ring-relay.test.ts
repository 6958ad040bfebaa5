import { describe, expect, it } from 'vitest';
import { seconds } from '../../../src/domain/time.js';
import { RingRelay } from '../../../src/flows/steps/ring-relay.js';
import { FakeClock } from '../../support/fake-clock.js';
import { audio, FakeSipCall, fromCarrier } from '../../support/fake-sip-call.js';

function relay() {
  const clock = new FakeClock();
  const sip = new FakeSipCall(fromCarrier('sip:+12025561000@x'));
  const ring = new RingRelay(sip, clock);
  const hear = (status: number, media?: string): boolean => {
    ring.heard(status, media);
    return ring.pass();
  };
  return { clock, sip, hear };
}

const MEDIA = audio('198.51.100.1');

describe('what the caller hears of the callee’s progress', () => {
  it('is 180 for 180, and 183 with the early media', () => {
    const { sip, hear } = relay();
    expect(hear(180)).toBe(true);
    expect(hear(183, MEDIA)).toBe(true);
    expect(sip.said).toEqual(['180', '183 with media']);
  });

  it.each([181, 182, 199, 183])('is nothing for a %i that brings no media', (status) => {
    const { sip, hear } = relay();
    expect(hear(status)).toBe(false);
    expect(sip.said).toEqual([]);
  });

  it('is the early media of the first answer, also with a 180 that comes later', () => {
    const { sip, hear } = relay();
    hear(183, MEDIA);
    hear(180);
    expect(sip.said).toEqual(['183 with media', '180 with media']);
  });

  it('is each status once, however often and in whatever turns a callee repeats them', () => {
    const { sip, hear } = relay();
    for (let i = 0; i < 500; i += 1) hear(i % 2 === 0 ? 180 : 183, MEDIA);
    expect(sip.said).toEqual(['180 with media', '183 with media']);
  });

  it('is a repetition within the minute in which a ringing phone repeats it', () => {
    const { sip, hear, clock } = relay();
    hear(180);
    clock.advance(seconds(49));
    hear(180);
    expect(sip.said).toHaveLength(1);
    clock.advance(seconds(1));
    hear(180);
    expect(sip.said).toHaveLength(2);
  });
});
