import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { complaints, example, TestDir } from './support.js';

/** The example with this `ivr` section of its tenant. */
function written(ivr: object): string {
  const file = example();
  const [tenant, ...others] = file.tenants;
  return stringify({ ...file, tenants: [{ ...tenant, ivr }, ...others] });
}

const policyOf = (ivr: object) => new TestDir().loadText(written(ivr)).tenants[0]!.ivr;
const doubtsOf = (ivr: object): string =>
  new TestDir()
    .loadText(written(ivr))
    .warnings.map(({ path, message }) => `${path.join('.')} ${message}`)
    .filter((text) => text.includes('ivr'))
    .join();

describe('late callbacks in the configuration', () => {
  it('are refused unless a tenant says otherwise', () => {
    expect(policyOf({})).toMatchObject({
      when: {
        'session-expired': 'refuse',
        'session-closed': 'refuse',
        'unknown-caller': 'refuse',
      },
      findBy: { caller: true, case: true, pin: false },
      ...{ caseSuffices: false, reopen: 'never', operator: undefined },
    });
    expect(doubtsOf({})).toBe('');
  });

  it('are led as a tenant wants', () => {
    const policy = policyOf({
      ...{ expired: 'ivr', unknown: 'ivr', find_by: ['pin'], pin_digits: 8, reopen: 'expired' },
      ...{ operator: 'sip:queue@pbx.example', lock_seconds: 60, language: 'de' },
    });
    expect(policy).toMatchObject({
      when: { 'session-expired': 'ivr', 'session-closed': 'refuse', 'unknown-caller': 'ivr' },
      findBy: { caller: false, case: false, pin: true },
      ...{ reopen: 'expired', lockFor: 60_000, language: 'de', pinDigits: 8 },
    });
    expect(String(policy.operator)).not.toContain('queue@pbx.example');
  });

  it.each([
    ['a PIN alone that is short', { find_by: ['case', 'pin'] }, /8 or more/],
    ['an operator who has no address', { operator: 'the queue' }, /SIP address/],
    ['no way to find a session', { find_by: [] }, /find_by/],
  ])('are not taken with %s', (_, ivr, why) => {
    expect(complaints(() => new TestDir().loadText(written(ivr))).join()).toMatch(why);
  });

  it.each([
    [
      'a case number that suffices',
      { unknown: 'ivr', case_number_suffices: true },
      /without a PIN/,
    ],
    ['an operator whom no call reaches', { operator: 'sip:q@pbx.example' }, /is not used/],
    ['a reopening that never comes to be', { reopen: 'ended' }, /is not used/],
  ])('are doubted with %s', (_, ivr, why) => {
    expect(doubtsOf(ivr)).toMatch(why);
  });
});
