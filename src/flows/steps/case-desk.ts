import type { Trier } from '../../domain/ivr/attempts.js';
import type { IvrEvent } from '../../domain/ivr/dialogue.js';
import type { IvrPolicy } from '../../domain/ivr/ivr-policy.js';
import {
  claimByCase,
  claimOf,
  leadsToItself,
  theOne,
  type Claim,
} from '../../domain/sessions/claim.js';
import { asOf } from '../../domain/sessions/lifetime.js';
import type { PartyKey, Session } from '../../domain/sessions/session.js';
import { earlier, later } from '../../domain/time.js';
import type { House } from '../house.js';
import type { CallUnderWay } from './call-under-way.js';
import type { LateCall } from './late-call.js';
import { callersOf } from './session-route.js';

/** Sessions that may have one case number, and that a PIN alone may belong to. */
const MOST_OF_A_CASE = 50;
const MOST_OF_A_DID = 200;

/** Looks up what a late caller keys in, and judges its proof. */
export class CaseDesk {
  readonly #policy: IvrPolicy;
  readonly #callers: readonly PartyKey[];
  /** Of the case number that was keyed in last. */
  #sessions: readonly Session[] = [];
  #claim: Claim | undefined;

  constructor(
    private readonly call: CallUnderWay,
    private readonly late: LateCall,
    private readonly house: House,
  ) {
    this.#policy = late.tenant.ivr;
    this.#callers = callersOf(call, late.tenant.id, house).map(({ key }) => key);
    this.#claim = late.former;
  }

  /** The session that was found, and who in it the caller is. */
  get claim(): Claim | undefined {
    return this.#claim;
  }

  /** @throws StoreError */
  async caseEntered(digits: string): Promise<IvrEvent> {
    if (digits === '') return { is: 'nothing-entered' };
    if (this.#policy.caseSuffices && !this.#mayTry()) return { is: 'locked' };
    const { tenant, dialed } = this.late;
    const { sessions } = this.house;
    this.#sessions = await sessions.findByCaseNumber(tenant.id, digits, MOST_OF_A_CASE);
    if (!this.#policy.caseSuffices) return { is: 'case-entered', found: false };
    const found = this.#find(this.#sessions.flatMap((one) => claimByCase(one, dialed) ?? []));
    return { is: 'case-entered', found };
  }

  /** @throws StoreError */
  async pinEntered(pin: string, alone: boolean): Promise<IvrEvent> {
    if (pin === '') return { is: 'nothing-entered' };
    if (!this.#mayTry()) return { is: 'locked' };
    const { tenant, dialed } = this.late;
    const { sessions } = this.house;
    const claims = alone
      ? claimsOf(await sessions.findWithPin(tenant.id, dialed, MOST_OF_A_DID)).filter(
          ({ caller }) => caller.proxyNumber === dialed,
        )
      : claimsOf(this.#sessions);
    return { is: 'pin-entered', right: this.#find(claims.filter((one) => this.#isPin(one, pin))) };
  }

  /** Leads the caller into the session that was found, which is reopened where that is allowed. */
  async takeUp(): Promise<IvrEvent> {
    const claim = this.#claim;
    if (claim === undefined) return { is: 'not-taken-up' };
    const session = await this.#opened(claim.session);
    if (session === undefined) return { is: 'not-taken-up' };
    const caller = session.participants.find(({ id }) => id === claim.caller.id);
    if (caller === undefined) return { is: 'not-taken-up' };
    this.#claim = claimOf(session, caller);
    return { is: 'taken-up' };
  }

  /** As it is now: it may have been closed while the caller was being asked. */
  async #opened({ tenant, id }: Session): Promise<Session | undefined> {
    const { clock, sessions } = this.house;
    const { reopen, reopenFor, reopenWithin } = this.#policy;
    const at = clock.now();
    const stored = await sessions.find(tenant, id);
    const session = stored && asOf(stored, at);
    if (session === undefined || session.status === 'open') return session;
    if (reopen === 'never') return undefined;
    const reopened = await sessions.reopen(tenant, id, {
      at,
      expiresAt: later(at, reopenFor),
      ended: reopen === 'expired' ? ['expired'] : ['expired', 'closed'],
      endedAfter: earlier(at, reopenWithin),
      dids: this.late.tenant.dids,
    });
    if (reopened) this.call.log.info('Session reopened by a late callback', { sessionId: id });
    return reopened;
  }

  #mayTry(): boolean {
    const { attempts, clock } = this.house;
    return attempts.take(this.#trier(), this.#policy, clock.now());
  }

  /** Takes the one claim that there is no doubt about; the try was a good one then. */
  #find(claims: readonly Claim[]): boolean {
    const others = claims.filter((claim) => !leadsToItself(claim, this.#callers));
    this.#claim = theOne(others, this.house.clock.now());
    if (this.#claim === undefined) return false;
    this.house.attempts.succeeded(this.#trier());
    return true;
  }

  #isPin({ session, caller }: Claim, pin: string): boolean {
    if (caller.pin === undefined) return false;
    return this.house.vault.isPin(session.tenant, caller.id, pin, caller.pin);
  }

  #trier(): Trier {
    const { tenant, dialed } = this.late;
    return { tenant: tenant.id, caller: this.#callers[0], dialed };
  }
}

const claimsOf = (sessions: readonly Session[]): Claim[] =>
  sessions.flatMap((session) => session.participants.map((one) => claimOf(session, one)));
