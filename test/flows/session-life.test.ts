import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Session, SessionId } from '../../src/domain/sessions/session.js';
import { later, minutes, seconds } from '../../src/domain/time.js';
import { closeSession } from '../../src/flows/close-session.js';
import { expireSessions, keepExpiring } from '../../src/flows/expire-sessions.js';
import { findSession, findSessionByReference, listSessions } from '../../src/flows/find-session.js';
import { openSession } from '../../src/flows/open-session.js';
import { StoreError } from '../../src/flows/ports/store-error.js';
import { ACME, GLOBEX } from '../support/session-drafts.js';
import { sessionHouse, type TestHouse } from '../support/session-house.js';
import { sqliteMemory, type Place } from '../support/sqlite-places.js';

let place: Place;
let house: TestHouse;

beforeEach(() => {
  place = sqliteMemory();
  house = sessionHouse(place.store);
});
afterEach(() => place.close());

const open = async (n = 0): Promise<Session> => {
  const { session } = await openSession(house, {
    tenant: ACME,
    kind: 'session',
    reference: 'order 7',
    participants: [{ number: `+1415555012${n}` }, { sip: `sip:${n}@pbx.acme.example` }],
  });
  return session;
};
const ended = (): unknown[] => house.metrics.calls.filter(([name]) => name === 'sessionEnded');

describe('finding a session', () => {
  it('shows it as it stands now, swept or not', async () => {
    const session = await open();
    expect(await findSession(house, ACME, session.id)).toEqual(session);
    house.clock.advance(minutes(60));
    const late = { ...session, status: 'expired', closedAt: session.expiresAt };
    expect(await findSession(house, ACME, session.id)).toEqual(late);
    expect(await findSessionByReference(house, ACME, 'order 7')).toEqual(late);
  });

  it('names the field when there is none, or it is another tenant’s', async () => {
    const { id } = await open();
    const problem = { code: 'unknown-session', field: 'id' };
    await expect(findSession(house, GLOBEX, id)).rejects.toMatchObject(problem);
    await expect(findSession(house, ACME, 'x' as SessionId)).rejects.toMatchObject(problem);
  });

  it('lists by the status of now', async () => {
    const early = await open(0);
    house.clock.advance(minutes(30));
    const recent = await open(1);
    house.clock.advance(minutes(30));
    const filtered = async (status: Session['status']): Promise<string[]> =>
      (await listSessions(house, { tenant: ACME, status, limit: 9 })).map(({ id }) => id);
    expect(await filtered('open')).toEqual([recent.id]);
    expect(await filtered('expired')).toEqual([early.id]);
  });
});

describe('closing a session', () => {
  it('ends it now, once, and counts it once', async () => {
    const session = await open();
    house.clock.advance(minutes(5));
    const closed = await closeSession(house, ACME, session.id);
    expect(closed).toEqual({ ...session, status: 'closed', closedAt: house.clock.now() });
    house.clock.advance(minutes(5));
    expect(await closeSession(house, ACME, session.id)).toEqual(closed);
    expect(ended()).toEqual([['sessionEnded', 'closed', 1]]);
    expect(house.log.lines.map(({ message }) => message)).toEqual([
      'session opened',
      'session closed',
    ]);
  });

  it('leaves an expired one expired', async () => {
    const session = await open();
    house.clock.advance(minutes(61));
    const answer = await closeSession(house, ACME, session.id);
    expect(answer).toMatchObject({ status: 'expired', closedAt: session.expiresAt });
    expect(ended()).toEqual([]);
  });

  it('does not know the session of another tenant', async () => {
    const { id } = await open();
    await expect(closeSession(house, GLOBEX, id)).rejects.toMatchObject({
      code: 'unknown-session',
    });
    expect(await findSession(house, ACME, id)).toMatchObject({ status: 'open' });
  });
});

describe('expiring sessions', () => {
  it('counts what was due, and says nothing when nothing was', async () => {
    for (const n of [0, 1, 2]) await open(n);
    house.log.lines.length = 0;
    expect(await expireSessions(house)).toBe(0);
    expect(house.log.lines).toEqual([]);
    house.clock.advance(minutes(60));
    expect(await expireSessions(house)).toBe(3);
    expect(ended()).toEqual([['sessionEnded', 'expired', 3]]);
  });

  it('goes on until it is stopped', async () => {
    const { id } = await open();
    const sweeping = keepExpiring(house, seconds(5));
    await house.clock.advanceAsync(later(minutes(60) as never, seconds(5)) as never);
    expect(await house.sessions.find(ACME, id)).toMatchObject({ status: 'expired' });
    sweeping.stop();
    expect(house.clock.pending).toBe(0);
  });

  it('goes on after a failure of the store, and says so', async () => {
    const { id } = await open();
    let broken = true;
    const sessions = {
      ...house.sessions,
      expireDue: (at: Parameters<typeof house.sessions.expireDue>[0]) =>
        broken ? Promise.reject(new StoreError('busy', 'busy')) : house.sessions.expireDue(at),
    };
    const sweeping = keepExpiring({ ...house, sessions }, seconds(5));
    await house.clock.advanceAsync(minutes(61));
    expect(house.log.lines.at(-1)).toMatchObject({
      level: 'warn',
      message: 'sessions could not be expired',
    });
    broken = false;
    await house.clock.advanceAsync(seconds(5));
    expect(await house.sessions.find(ACME, id)).toMatchObject({ status: 'expired' });
    sweeping.stop();
  });
});
