import { describe, expect, it } from 'vitest';
import { refusalOf, unsupportedOf, type Demands } from '../../../src/domain/calls/admission.js';

const demands = (change: Partial<Demands> = {}): Demands => ({
  malformed: false,
  hopsLeft: 69,
  foreignBody: false,
  required: [],
  sessionExpires: undefined,
  badScheme: false,
  ...change,
});

describe('what an INVITE may ask', () => {
  it.each<[string, Partial<Demands>]>([
    ['nothing special', {}],
    ['100rel and timer, in any case', { required: ['100REL', 'timer'] }],
    ['a last hop', { hopsLeft: 0 }],
    ['the smallest session interval', { sessionExpires: 90 }],
  ])('is served: %s', (_, change) => {
    expect(refusalOf(demands(change), 90)).toBeUndefined();
  });

  it.each<[string, Partial<Demands>, string]>([
    ['lacks what every INVITE has', { malformed: true, hopsLeft: Number.NaN }, 'bad-request'],
    ['names a scheme of no telephony', { badScheme: true }, 'bad-uri-scheme'],
    ['has no hop left', { hopsLeft: -1 }, 'too-many-hops'],
    ['requires what we do not know', { required: ['timer', 'gruu'] }, 'bad-extension'],
    ['brings a body that is no SDP', { foreignBody: true }, 'bad-content-type'],
    ['wants a hasty session timer', { sessionExpires: 89 }, 'session-interval-too-small'],
  ])('is refused when it %s', (_, change, reason) => {
    expect(refusalOf(demands(change), 90)).toBe(reason);
  });

  it('names the extensions that are not understood, as they were written', () => {
    expect(unsupportedOf(['100rel', 'Precondition', 'gruu'])).toEqual(['Precondition', 'gruu']);
  });
});
