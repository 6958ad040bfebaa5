import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planAnswer, planLeg, type LegPlan } from '../../../src/domain/identity/identity-plan.js';
import type { IdentityProfile } from '../../../src/domain/identity/trunk.js';
import { did } from '../../../src/domain/numbers/did.js';
import type { PartyAddress } from '../../../src/domain/numbers/party-address.js';
import { SipAddress } from '../../../src/domain/numbers/party-address.js';
import { seconds } from '../../../src/domain/time.js';
import { aTrunk, number, PLAIN_PROFILE } from './support.js';

const shown = did('+12125550123');
const callee = number('+14155550100');

function plan(
  profile: Partial<IdentityProfile> = {},
  more: { callee?: PartyAddress; target?: string; timer?: number; country?: string } = {},
): LegPlan {
  return planLeg({
    trunk: aTrunk({
      identity: { ...PLAIN_PROFILE, ...profile },
      sessionExpires: more.timer === undefined ? undefined : seconds(more.timer),
      country: more.country ?? 'US',
    }),
    shown,
    callee: more.callee ?? callee,
    target: more.target ?? 'sip:sbc1.carrier.example:5070;transport=tcp',
    tokens: { callId: '00112233445566778899aabbccddeeff', contactUser: '0123456789abcdef' },
    maxForwards: 68,
  });
}

describe('the plan of a leg', () => {
  it('is every header field we say, and only those', () => {
    expect(plan()).toEqual({
      requestUri: 'sip:+14155550100@sbc1.carrier.example:5070;transport=tcp',
      callId: '00112233445566778899aabbccddeeff',
      headers: {
        From: '<sip:+12125550123@localhost>',
        To: '<sip:+14155550100@sbc1.carrier.example>',
        Contact: '<sip:0123456789abcdef@localhost>',
        'Call-ID': '00112233445566778899aabbccddeeff',
        'P-Asserted-Identity': '<sip:+12125550123@localhost>',
        Allow: 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK',
        Supported: 'timer',
        'Max-Forwards': '68',
        'User-Agent': 'Callveil',
      },
    });
  });

  it('shows the DID where the profile wants it', () => {
    const { headers } = plan({
      headers: ['from', 'ppi', 'rpid'],
      domain: 'veil.example',
      privacy: 'id',
    });
    expect(headers).toMatchObject({
      From: '<sip:+12125550123@veil.example>',
      'P-Preferred-Identity': '<sip:+12125550123@veil.example>',
      'Remote-Party-ID': '<sip:+12125550123@veil.example>;party=calling;screen=yes;privacy=full',
      Privacy: 'id',
    });
    expect(headers).not.toHaveProperty('P-Asserted-Identity');
  });

  it('is anonymous in From where the profile keeps the DID out of it', () => {
    const { headers } = plan({ headers: ['pai'] });
    expect(headers.From).toBe('"Anonymous" <sip:anonymous@anonymous.invalid>');
    expect(headers['P-Asserted-Identity']).toContain('+12125550123');
  });

  it('writes numbers as the peer does', () => {
    const { requestUri, headers } = plan({ numberFormat: 'national' });
    expect(requestUri).toMatch(/^sip:4155550100@/);
    expect(headers.From).toContain('sip:2125550123@');
    expect(plan({ numberFormat: 'e164-no-plus' }).headers.From).toContain('sip:12125550123@');
    expect(plan({ numberFormat: 'national' }, { country: 'DE' }).requestUri).toMatch(
      /^sip:0014155/,
    );
  });

  it('quotes the brand so that it can end neither its string nor its line', () => {
    const { headers } = plan({ displayName: 'Ann"s\\ Taxi\r\nX-Evil: 1' });
    expect(headers.From).toBe('"Ann\\"s\\\\ TaxiX-Evil: 1" <sip:+12125550123@localhost>');
  });

  it('addresses an agent by the user of its address of record', () => {
    const agent = SipAddress.parse('sip:1007@pbx.example') ?? expect.fail();
    const { requestUri, headers } = plan({}, { callee: agent, target: 'sips:[2001:db8::5]:5061' });
    expect(requestUri).toBe('sips:1007@[2001:db8::5]:5061');
    expect(headers.To).toBe('<sips:1007@pbx.example>');
  });

  it('offers a session timer of at least 90 seconds where the trunk has one', () => {
    expect(plan({}, { timer: 1800 }).headers).toMatchObject({
      'Session-Expires': '1800;refresher=uac',
      'Min-SE': '90',
    });
    expect(plan({}, { timer: 10 }).headers['Session-Expires']).toBe('90;refresher=uac');
  });

  it.each(['sip:user@host', 'tel:+14155550100', 'sip:', 'sip:a b', 'sip:h\r\nX: 1', 'sip:h?X=1<'])(
    'refuses the target "%s"',
    (target) => expect(() => plan({}, { target })).toThrow(RangeError),
  );
});

describe('the plan of an answer', () => {
  it('names nobody but the DID that was dialed', () => {
    const trunk = aTrunk({ identity: { ...PLAIN_PROFILE, domain: 'veil.example' } });
    expect(planAnswer({ trunk, shown, contactUser: 'ab12' })).toEqual({
      Contact: '<sip:ab12@localhost>',
      Allow: 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK',
      Supported: 'timer',
      'P-Asserted-Identity': '<sip:+12125550123@veil.example>',
      Server: 'Callveil',
    });
  });

  it('asserts nothing to a peer whose profile has no P-Asserted-Identity', () => {
    const trunk = aTrunk({ identity: { ...PLAIN_PROFILE, headers: ['from'] } });
    expect(planAnswer({ trunk, shown, contactUser: 'ab12' })).not.toHaveProperty(
      'P-Asserted-Identity',
    );
  });
});

describe('whatever two numbers meet', () => {
  const realNumbers = fc
    .tuple(
      fc.constantFrom('+1415', '+4420', '+4930', '+3361', '+479'),
      fc.integer({ min: 2_000_000, max: 9_999_999 }),
    )
    .map(([area, line]) => area + String(line));
  const profiles = fc.record<IdentityProfile>({
    headers: fc.subarray(['from', 'pai', 'ppi', 'rpid'] as const),
    numberFormat: fc.constantFrom('e164', 'e164-no-plus', 'national'),
    privacy: fc.constantFrom(undefined, 'id', 'header', 'user'),
    domain: fc.constantFrom(undefined, 'veil.example'),
    displayName: fc.option(fc.string({ maxLength: 64 }), { nil: undefined }),
  });
  const hex = fc.stringMatching(/^[0-9a-f]{32}$/);

  const tails = (e164: string): string => e164.slice(-7);

  /** Runs of seven digits and more in a plan that are neither the leg's own number nor the DID. */
  function strangersIn(made: LegPlan, own: string): string[] {
    const text = JSON.stringify(made).replaceAll(made.callId, '');
    return (text.match(/\d{7,}/g) ?? []).filter(
      (digits) => ![own, shown].some((e164) => digits.endsWith(tails(e164))),
    );
  }

  function planFor(own: string, profile: IdentityProfile, callId: string): LegPlan {
    return planLeg({
      trunk: aTrunk({ identity: { ...profile, displayName: undefined } }),
      shown,
      callee: number(own),
      target: 'sip:sbc1.carrier.example',
      tokens: { callId, contactUser: 'c0ffee' },
      maxForwards: 70,
    });
  }

  it('a leg names its own party, the DID and nobody else', () => {
    fc.assert(
      fc.property(realNumbers, profiles, hex, (own, profile, callId) => {
        expect(strangersIn(planFor(own, profile, callId), own)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('a plan that carries the other party in any field is seen to do so', () => {
    const fields = ['From', 'To', 'Contact', 'Diversion', 'P-Asserted-Identity', 'Subject'];
    fc.assert(
      fc.property(
        realNumbers,
        realNumbers,
        profiles,
        fc.constantFrom(...fields),
        (own, other, profile, field) => {
          fc.pre(tails(own) !== tails(other) && tails(shown) !== tails(other));
          const clean = planFor(own, profile, 'ab');
          const leaky = { ...clean, headers: { ...clean.headers, [field]: `<sip:${other}@x>` } };
          expect(strangersIn(leaky, own)).toEqual([other.slice(1)]);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('no display name ends a line or a string', () => {
    fc.assert(
      fc.property(profiles, (profile) => {
        for (const value of Object.values(plan(profile).headers)) {
          expect(value).not.toMatch(/[\r\n\0]/);
          const unquoted = value.replace(/"(?:[^"\\]|\\.)*"/g, '');
          expect(unquoted).not.toContain('"');
        }
      }),
      { numRuns: 500 },
    );
  });
});
