import fc from 'fast-check';
import { expect } from 'vitest';
import { isLive } from '../../src/domain/sessions/lifetime.js';
import { resolve } from '../../src/domain/sessions/resolve.js';
import type { Session, TenantId } from '../../src/domain/sessions/session.js';
import { later, minutes, type Instant } from '../../src/domain/time.js';
import type { SessionStore } from '../../src/flows/ports/sessions.js';
import { dids, draft, NINE, side } from '../support/session-drafts.js';

const POOL = dids(3);
const PARTIES = ['ann', 'bob', 'cid', 'dan', 'eve'];

type Step =
  | { do: 'open'; a: number; b: number; ttl: number | undefined; turn: number }
  | { do: 'close'; which: number }
  | { do: 'pass'; minutes: number }
  | { do: 'sweep' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('open' as const),
      a: fc.nat(PARTIES.length - 1),
      b: fc.nat(PARTIES.length - 1),
      ttl: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
      turn: fc.nat(POOL.length - 1),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('close' as const), which: fc.nat(30) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const), minutes: fc.nat(40) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sweep' as const) }) },
);

let walks = 0;

/**
 * Opens, closes and expires at random between few parties on few DIDs, so that they collide all
 * the time, beside a model that only knows which sessions are live.
 */
export async function walkSessions(store: SessionStore): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      const walk = new Walk(store, `walk${(walks += 1)}` as TenantId);
      for (const next of steps) await walk.take(next);
      await walk.checkEveryBinding();
    }),
    { numRuns: 60 },
  );
}

class Walk {
  #now: Instant = NINE;
  readonly #all: Session[] = [];

  constructor(
    private readonly store: SessionStore,
    private readonly tenant: TenantId,
  ) {}

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'open':
        if (step.a !== step.b) await this.#open(step);
        return;
      case 'close': {
        const open = this.#live();
        const session = open[step.which % Math.max(1, open.length)];
        if (session) this.#replace(await this.store.close(this.tenant, session.id, this.#now));
        return;
      }
      case 'pass':
        this.#now = later(this.#now, minutes(step.minutes));
        return;
      case 'sweep':
        await this.store.expireDue(this.#now);
        return;
    }
  }

  /** Whom each party would reach on each DID, judged as a call would be. */
  async checkEveryBinding(): Promise<void> {
    for (const name of PARTIES) {
      for (const did of POOL) {
        const caller = side(name).partyKey;
        const found = await this.store.findByBinding(this.tenant, caller, did);
        const expected = this.#live().find((session) => uses(session, name, did));
        const resolution = resolve(found, did, caller, this.#now);
        expect(resolution.ok ? resolution.session.id : undefined).toBe(expected?.id);
        if (resolution.ok) {
          expect(resolution.caller.partyKey).toBe(caller);
          expect(resolution.callee.partyKey).not.toBe(caller);
        }
      }
    }
  }

  async #open({ a, b, ttl, turn }: Extract<Step, { do: 'open' }>): Promise<void> {
    const names = [PARTIES[a]!, PARTIES[b]!] as const;
    const candidates = [...POOL.slice(turn), ...POOL.slice(0, turn)];
    const answer = await this.store.open(
      draft(side(names[0], candidates), side(names[1], candidates), {
        tenant: this.tenant,
        createdAt: this.#now,
        expiresAt: ttl === undefined ? undefined : later(this.#now, minutes(ttl)),
      }),
    );
    // Model H: a DID is free for a party exactly when no live session of that party has it.
    const free = names.map((name) =>
      candidates.find((did) => !this.#live().some((session) => uses(session, name, did))),
    );
    if (answer.ok) {
      expect(answer.session.participants.map((p) => p.proxyNumber)).toEqual(free);
      this.#all.push(answer.session);
    } else {
      expect(answer.participant).toBe(free.indexOf(undefined));
    }
  }

  #live(): Session[] {
    return this.#all.filter((session) => isLive(session, this.#now));
  }

  #replace(session: Session | undefined): void {
    const index = this.#all.findIndex(({ id }) => id === session?.id);
    if (session && index >= 0) this.#all[index] = session;
  }
}

function uses(session: Session, name: string, did: string): boolean {
  const { partyKey } = side(name);
  return session.participants.some((p) => p.partyKey === partyKey && p.proxyNumber === did);
}
