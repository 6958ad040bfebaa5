import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asOf, isLive, isOverdue, lifetimeOf } from '../../../src/domain/sessions/lifetime.js';
import type { SessionKind } from '../../../src/domain/sessions/session.js';
import { instant, later, millis, minutes, seconds } from '../../../src/domain/time.js';
import { NINE } from '../../support/session-drafts.js';

const LASTING: readonly SessionKind[] = ['case', 'customer', 'agent', 'static'];

describe('lifetimeOf', () => {
  it('gives a session an hour unless told', () => {
    const lifetime = lifetimeOf('session', NINE, undefined, undefined);
    expect(lifetime).toEqual({ ok: true, expiresAt: later(NINE, minutes(60)) });
  });

  it.each(LASTING)('lets a %s live until it is closed unless told', (kind) => {
    expect(lifetimeOf(kind, NINE, undefined, undefined)).toEqual({
      ok: true,
      expiresAt: undefined,
    });
  });

  it('takes the request before the tenant’s default, and the default before ours', () => {
    const both = lifetimeOf('session', NINE, minutes(45), minutes(80));
    expect(both).toEqual({ ok: true, expiresAt: later(NINE, minutes(45)) });
    const configured = lifetimeOf('case', NINE, undefined, minutes(80));
    expect(configured).toEqual({ ok: true, expiresAt: later(NINE, minutes(80)) });
  });

  it.each([
    [0, false],
    [-1, false],
    [0.5, false],
    [1, true],
    [1.5, false],
    [3650 * 86_400, true],
    [3650 * 86_400 + 1, false],
  ])('says of a ttl of %s seconds: %s', (ttl, ok) => {
    for (const kind of ['session', ...LASTING] as const) {
      expect(lifetimeOf(kind, NINE, seconds(ttl), undefined).ok).toBe(ok);
    }
  });

  it('takes no ttl that is not a number', () => {
    expect(lifetimeOf('case', NINE, millis(Number.NaN), undefined).ok).toBe(false);
  });
});

describe('a session at an instant', () => {
  const standing = fc.record({
    status: fc.constantFrom('open', 'closed', 'expired'),
    expiresAt: fc.option(fc.nat(2000).map(instant), { nil: undefined }),
    closedAt: fc.constant(undefined),
  });

  it('is live exactly while it is open and its time has not come', () => {
    fc.assert(
      fc.property(standing, fc.nat(2000).map(instant), (session, at) => {
        const inTime = session.expiresAt === undefined || at < session.expiresAt;
        expect(isLive(session, at)).toBe(session.status === 'open' && inTime);
        expect(isLive(asOf(session, at), at)).toBe(isLive(session, at));
        expect(asOf(session, at).status === 'open').toBe(isLive(session, at));
      }),
    );
  });

  it('never comes back to life', () => {
    fc.assert(
      fc.property(standing, fc.nat(2000), fc.nat(2000), (session, a, b) => {
        const [first, second] = [Math.min(a, b), Math.max(a, b)].map(instant);
        if (isLive(session, second!)) expect(isLive(session, first!)).toBe(true);
      }),
    );
  });

  it('is over at the instant of its expiry, from then on', () => {
    const session = { status: 'open', expiresAt: NINE, closedAt: undefined } as const;
    expect(isOverdue(session, later(NINE, millis(-1)))).toBe(false);
    expect(isOverdue(session, NINE)).toBe(true);
    expect(asOf(session, later(NINE, minutes(5)))).toEqual({
      status: 'expired',
      expiresAt: NINE,
      closedAt: NINE,
    });
  });
});
