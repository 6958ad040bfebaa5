import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, required } from '../../../src/domain/consent/decide.js';
import { LAW, lawOf } from '../../../src/domain/consent/law.js';
import { CONSENT_OUTCOMES, meets } from '../../../src/domain/consent/outcome.js';
import {
  CONSENT_MODES,
  MEASURES,
  type ConsentMode,
  type ConsentRole,
  type Measure,
} from '../../../src/domain/consent/policy.js';
import {
  countryOfRegion,
  region,
  regionOf,
  UNKNOWN_REGION,
  type Region,
} from '../../../src/domain/consent/region.js';
import { SipAddress } from '../../../src/domain/numbers/party-address.js';
import { RealNumber } from '../../../src/domain/numbers/real-number.js';
import { consentPolicy } from '../../support/consent-policy.js';
import '../../support/property-seed.js';

const measures = (
  regions: readonly [string, string],
  modes: Parameters<typeof consentPolicy>[0] = {},
  recording = true,
) => {
  const of = (role: ConsentRole): Measure =>
    decide({
      role,
      other: role === 'agent' ? 'customer' : 'agent',
      regions: [region(regions[0]), region(regions[1])],
      policy: consentPolicy(modes),
      recording,
    }).measure;
  return { customer: of('customer'), agent: of('agent') };
};

const anyRegion = fc.constantFrom<Region>(
  ...[...LAW.keys(), 'ZZ', 'US-ZZ'].map(region),
  UNKNOWN_REGION,
);
const anyMode = fc.constantFrom<ConsentMode>(...CONSENT_MODES);
const anyRole = fc.constantFrom<ConsentRole>('customer', 'agent');
const rank = (measure: Measure): number => MEASURES.indexOf(measure);

describe('what is asked of a party before its call is recorded', () => {
  it('is nothing but a word to the agent where one party is enough', () => {
    expect(measures(['US-NY', 'US-TX'])).toEqual({ customer: 'nothing', agent: 'announce' });
  });

  it('is a notice to both where all parties must know, though it be on one side only', () => {
    expect(measures(['US-NY', 'US-CA'])).toEqual({ customer: 'announce', agent: 'announce' });
    expect(measures(['US-CA', 'US-NY'])).toEqual({ customer: 'announce', agent: 'announce' });
  });

  it('is a yes of both where the law of one of them wants it', () => {
    expect(measures(['US-NY', 'DE'])).toEqual({ customer: 'opt-in', agent: 'opt-in' });
  });

  it('is the most where nobody knows where they are', () => {
    expect(measures(['unknown', 'US-NY'])).toEqual({ customer: 'opt-in', agent: 'opt-in' });
  });

  it('is nothing by law when the call is not recorded', () => {
    expect(measures(['DE', 'DE'], {}, false)).toEqual({ customer: 'nothing', agent: 'nothing' });
  });

  it('is what the tenant says for a role', () => {
    expect(measures(['US-NY', 'US-CA'], { agent: 'off' })).toEqual({
      customer: 'announce',
      agent: 'nothing',
    });
    expect(measures(['US-NY', 'US-TX'], { customer: 'opt-out' }).customer).toBe('opt-out');
  });

  it('is what the tenant says for a region, a state before its country', () => {
    const regions = { US: 'announce', 'US-TX': 'opt-in', DE: 'opt-out' } as const;
    expect(measures(['US-NY', 'US-NY'], { regions }).customer).toBe('announce');
    expect(measures(['US-TX', 'US-NY'], { regions }).customer).toBe('opt-in');
    expect(measures(['DE', 'US-NY'], { regions }).customer).toBe('opt-out');
  });

  it('stays the law’s for the other party’s region when the tenant eases one region only', () => {
    expect(measures(['DE', 'FR'], { regions: { DE: 'announce' } }).customer).toBe('opt-in');
  });

  it('is a word to both where both are customers, for nobody else is there to know', () => {
    const both = [region('US-NY'), region('US-TX')] as const;
    const asked = { role: 'customer', other: 'customer', regions: both } as const;
    const ruling = decide({ ...asked, policy: consentPolicy(), recording: true });
    expect(ruling.measure).toBe('announce');
  });

  it('tells whose rule it was', () => {
    const regions = [region('US-NY'), region('US-CA')] as const;
    const by = { regions, policy: consentPolicy(), recording: true };
    const ruling = decide({ role: 'agent', other: 'customer', ...by });
    expect(ruling).toMatchObject({ region: 'US-CA', rule: 'US-CA', mode: 'by-law' });
    expect(decide({ role: 'customer', other: 'agent', ...by })).toMatchObject({
      region: 'US-CA',
      rule: 'US-CA',
      measure: 'announce',
    });
  });

  it('is never less than the stricter law of the two, unless the tenant’s policy says so', () => {
    fc.assert(
      fc.property(
        anyRegion,
        anyRegion,
        anyRole,
        anyRole,
        anyMode,
        fc.dictionary(anyRegion, anyMode),
        (a, b, role, other, mode, regions) => {
          const policy = consentPolicy({ customer: mode, agent: mode, regions });
          const { measure } = decide({ role, other, regions: [a, b], policy, recording: true });
          for (const of of [a, b]) {
            const said = regions[of] ?? regions[countryOfRegion(of)] ?? mode;
            const least =
              said === 'by-law'
                ? required(lawOf(of).demand, role, other)
                : said === 'off'
                  ? 'nothing'
                  : said;
            expect(rank(measure)).toBeGreaterThanOrEqual(rank(least));
          }
        },
      ),
    );
  });

  it('does not depend on which of the two is which', () => {
    fc.assert(
      fc.property(anyRegion, anyRegion, anyRole, anyRole, anyMode, (a, b, role, other, mode) => {
        const policy = consentPolicy({ customer: mode });
        const one = decide({ role, other, regions: [a, b], policy, recording: true });
        const turned = decide({ role, other, regions: [b, a], policy, recording: true });
        expect(one.measure).toBe(turned.measure);
      }),
    );
  });
});

describe('where a party is taken to be', () => {
  const home = region('US-CA');

  it.each([
    ['+14155550123', 'US-CA'],
    ['+18005550123', 'US'],
    ['+17875550123', 'PR'],
    ['+14165550123', 'CA'],
    ['+493012345678', 'DE'],
    ['+870773111632', 'unknown'],
  ])('%s is in %s', (number, place) =>
    expect(regionOf(RealNumber.parse(number), region('JP'))).toBe(place),
  );

  it('is the tenant’s home for an extension of its own', () => {
    expect(regionOf(SipAddress.parse('sip:1007@pbx.example'), home)).toBe('US-CA');
  });

  it('is unknown for who withholds its number', () => {
    expect(regionOf(undefined, home)).toBe(UNKNOWN_REGION);
  });
});

describe('whether an outcome is enough to record', () => {
  it('is so for the one that was asked for, and for no other', () => {
    const enough = MEASURES.map((measure) => [
      measure,
      CONSENT_OUTCOMES.filter((outcome) => meets(measure, outcome)).join(' '),
    ]);
    expect(enough).toEqual([
      ['nothing', 'not-needed'],
      ['announce', 'announced'],
      ['opt-out', 'announced'],
      ['opt-in', 'opted-in'],
    ]);
  });
});
