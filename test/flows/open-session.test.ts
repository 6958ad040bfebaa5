import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { did } from '../../src/domain/numbers/did.js';
import { unmaskParty } from '../../src/domain/numbers/party-address.js';
import { resolve } from '../../src/domain/sessions/resolve.js';
import type { Session, TenantId } from '../../src/domain/sessions/session.js';
import { later, minutes, seconds } from '../../src/domain/time.js';
import { openSession, type OpenSessionInput } from '../../src/flows/open-session.js';
import { SessionProblem } from '../../src/flows/session-problem.js';
import { ACME, GLOBEX } from '../support/session-drafts.js';
import { sessionHouse, tenant, type TestHouse } from '../support/session-house.js';
import { sqliteMemory, type Place } from '../support/sqlite-places.js';

const CUSTOMER = '+14155550123';
const AGENT = 'sip:1007@pbx.acme.example';

let place: Place;
let house: TestHouse;

beforeEach(() => {
  place = sqliteMemory();
  house = sessionHouse(place.store);
});
afterEach(() => place.close());

const request = (change: Partial<OpenSessionInput> = {}): OpenSessionInput => {
  return {
    tenant: ACME,
    kind: 'session',
    participants: [{ number: CUSTOMER }, { sip: AGENT }],
    ...change,
  };
};

const open = async (...of: Parameters<typeof openSession>): Promise<Session> =>
  (await openSession(...of)).session;

async function problemOf(change: Partial<OpenSessionInput>): Promise<SessionProblem> {
  const problem: unknown = await open(house, request(change)).catch((error: unknown) => error);
  if (!(problem instanceof SessionProblem)) throw new Error('no problem', { cause: problem });
  return problem;
}

describe('opening a session', () => {
  it('gives both sides DIDs of the tenant and reaches each in its own way', async () => {
    const session = await open(house, request({ reference: 'order 7' }));
    const [customer, agent] = session.participants;
    expect(session).toMatchObject({
      tenant: ACME,
      kind: 'session',
      status: 'open',
      reference: 'order 7',
      createdAt: house.clock.now(),
      expiresAt: later(house.clock.now(), minutes(60)),
    });
    expect(session.id).toMatch(/^sess_/);
    expect(customer).toMatchObject({ reachedBy: 'carrier', partialMask: '+1•••••••123' });
    expect(agent).toMatchObject({ reachedBy: 'pbx', partialMask: 'sip:1•••@•••' });
    for (const { id, proxyNumber } of session.participants) {
      expect(id).toMatch(/^part_/);
      expect(tenant().dids).toContain(proxyNumber);
    }
    const address = await house.vault.reveal(ACME, customer.partyRef, 'address-leg');
    expect(unmaskParty(address)).toBe(`tel:${CUSTOMER}`);
  });

  it('is found by a call of either side, who reaches the other', async () => {
    const session = await open(house, request());
    for (const [index, { partyKey, proxyNumber }] of session.participants.entries()) {
      const found = await house.sessions.findByBinding(ACME, partyKey, proxyNumber);
      const answer = resolve(found, proxyNumber, partyKey, house.clock.now());
      expect(answer).toMatchObject({ ok: true, callee: session.participants[1 - index] });
    }
  });

  it('reads national numbers in the country of the tenant, as the same party', async () => {
    const one = await open(house, request());
    const two = await open(
      house,
      request({ participants: [{ number: '(415) 555-0123' }, { sip: '1007@pbx.acme.example' }] }),
    );
    expect(two.participants.map((p) => p.partyRef)).toEqual(
      one.participants.map((p) => p.partyRef),
    );
    const german = await open(
      house,
      request({
        tenant: GLOBEX,
        participants: [{ number: '030 23125 555' }, { number: CUSTOMER }],
      }),
    );
    expect(german.participants[0].partialMask).toMatch(/^\+49•+555$/);
  });

  it('keeps references of participants', async () => {
    const session = await open(
      house,
      request({
        participants: [
          { number: CUSTOMER, reference: 'c-9' },
          { sip: AGENT, reference: 'a-1' },
        ],
      }),
    );
    expect(session.participants.map((p) => p.reference)).toEqual(['c-9', 'a-1']);
  });

  it('lives as long as asked, else as the tenant is configured, else as its kind', async () => {
    const now = house.clock.now();
    expect((await open(house, request({ ttlSeconds: 1800 }))).expiresAt).toBe(
      later(now, minutes(30)),
    );
    expect((await open(house, request({ kind: 'case' }))).expiresAt).toBeUndefined();
    const defaultTtl = { ...tenant().defaultTtl, case: seconds(99) };
    const { directory } = sessionHouse(place.store, [tenant({ defaultTtl })]);
    const configured = { ...house, directory };
    expect((await open(configured, request({ kind: 'case' }))).expiresAt).toBe(
      later(now, seconds(99)),
    );
  });

  it('is counted, and logged without a trace of a number', async () => {
    const session = await open(house, request({ kind: 'case' }));
    expect(house.metrics.calls).toContainEqual(['sessionOpened', 'case']);
    expect(house.log.lines).toEqual([
      {
        level: 'info',
        message: 'session opened',
        fields: { tenant: ACME, sessionId: session.id, kind: 'case' },
      },
    ]);
  });

  it('names the participant who has a live session on every DID, and works again when one ends', async () => {
    const withAgent = (n: number): OpenSessionInput['participants'] => [
      { number: CUSTOMER },
      { sip: `sip:${n}@pbx.acme.example` },
    ];
    const sessions = [];
    for (const n of [1, 2, 3]) {
      sessions.push(await open(house, request({ participants: withAgent(n) })));
    }
    expect(new Set(sessions.map((s) => s.participants[0].proxyNumber)).size).toBe(3);
    const problem = await problemOf({ participants: withAgent(4) });
    expect(problem).toMatchObject({ code: 'no-free-did', field: 'participants[0]' });
    house.clock.advance(minutes(60));
    expect((await open(house, request({ participants: withAgent(4) }))).status).toBe('open');
  });
});

describe('a request at fault', () => {
  const number = (text: string): Partial<OpenSessionInput> => {
    return { participants: [{ sip: AGENT }, { number: text }] };
  };
  const sip = (text: string): Partial<OpenSessionInput> => {
    return { participants: [{ sip: text }, { number: CUSTOMER }] };
  };
  const referring = (reference: string): Partial<OpenSessionInput> => {
    return { participants: [{ number: CUSTOMER, reference }, { sip: AGENT }] };
  };

  it.each<[string, Partial<OpenSessionInput>, string, string]>([
    ['an unknown tenant', { tenant: 'nobody' as TenantId }, 'unknown-tenant', 'tenant'],
    ['more than ten years', { ttlSeconds: 1e9 }, 'bad-ttl', 'ttl'],
    ['half a second', { kind: 'case', ttlSeconds: 1.5 }, 'bad-ttl', 'ttl'],
    ['no time at all', { kind: 'case', ttlSeconds: 0 }, 'bad-ttl', 'ttl'],
    ['a word', number('call me'), 'bad-number', 'participants[1].number'],
    ['too few digits', number('12'), 'bad-number', 'participants[1].number'],
    ['an extension', number('+14155550123 ext. 5'), 'bad-number', 'participants[1].number'],
    ['nothing', number(''), 'bad-number', 'participants[1].number'],
    ['an emergency number', number('911'), 'emergency-number', 'participants[1].number'],
    ['another one', number('112'), 'emergency-number', 'participants[1].number'],
    ['a number as SIP', sip(CUSTOMER), 'bad-sip-address', 'participants[0].sip'],
    ['a SIP URI with a port', sip(`${AGENT}:5060`), 'bad-sip-address', 'participants[0].sip'],
    ['our DID', number('+14155550002'), 'participant-is-did', 'participants[1].number'],
    ['our DID, nationally', number('415-555-0002'), 'participant-is-did', 'participants[1].number'],
    [
      'a DID of another tenant',
      number('+4930901820001'),
      'participant-is-did',
      'participants[1].number',
    ],
    [
      'one party twice',
      { participants: [{ number: CUSTOMER }, { number: '415 555 0123' }] },
      'participants-equal',
      'participants[1].number',
    ],
    [
      'one agent twice',
      { participants: [{ sip: AGENT }, { sip: AGENT }] },
      'participants-equal',
      'participants[1].sip',
    ],
    ['an empty reference', { reference: '' }, 'bad-reference', 'reference'],
    ['a long reference', { reference: 'x'.repeat(129) }, 'bad-reference', 'reference'],
    ['a line break', referring('a\nb'), 'bad-reference', 'participants[0].reference'],
    ['the number as reference', referring(CUSTOMER), 'bad-reference', 'participants[0].reference'],
    ['the number inside', { reference: 'call 415-555-0123 back' }, 'bad-reference', 'reference'],
    ['the bare number', { reference: 'o14155550123' }, 'bad-reference', 'reference'],
    ['a number and a date', { reference: '4155550123-20260101' }, 'bad-reference', 'reference'],
    ['odd separators', { reference: '415_555·0123' }, 'bad-reference', 'reference'],
    ['full-width digits', { reference: '４１５５５５０１２３' }, 'bad-reference', 'reference'],
    ['the number in base64', { reference: 'KzE0MTU1NTUwMTIz' }, 'bad-reference', 'reference'],
    [
      'an address',
      referring('at SIP:1007@PBX.acme.example'),
      'bad-reference',
      'participants[0].reference',
    ],
  ])('with %s is told which field', async (_, change, code, field) => {
    expect(await problemOf(change)).toMatchObject({ name: 'SessionProblem', code, field });
    expect(await house.sessions.list({ tenant: ACME, limit: 9 })).toEqual([]);
    // What was refused is not kept.
    expect(place.store.holdsParties()).toBe(false);
  });

  it('is told what would be right, without its number', async () => {
    const { message } = await problemOf({ ttlSeconds: 0 });
    expect(message).toBe('must be whole seconds, 1 to 315360000');
    const texts = await Promise.all([
      problemOf(number('+1415555')),
      problemOf(referring(CUSTOMER)),
    ]);
    for (const problem of texts) expect(problem.message).not.toMatch(/1415555(?!0100)/);
  });

  it('may refer to order numbers that look like phone numbers of others', async () => {
    const session = await open(house, request({ reference: '4155550999' }));
    expect(session.reference).toBe('4155550999');
  });

  it('is refused for the emergency numbers of the tenant too', async () => {
    house = sessionHouse(place.store, [
      tenant({ emergencyNumbers: ['5555550'], dids: [did('+14155550001')] }),
    ]);
    expect(await problemOf(number('5555550'))).toMatchObject({ code: 'emergency-number' });
  });
});
