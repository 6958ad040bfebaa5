import { CallRefused } from '../../domain/calls/verdict.js';
import type { LegRuling } from '../../domain/consent/decide.js';
import { meets, type ConsentOutcome } from '../../domain/consent/outcome.js';
import type { ConsentPolicy } from '../../domain/consent/policy.js';
import { languageOf } from '../../domain/prompts/prompt.js';
import type { Direction } from '../../domain/records/leg-record.js';
import type { Clock } from '../../domain/time.js';
import type { ConsentLog } from '../ports/consent-log.js';
import type { Prompts } from '../ports/prompts.js';
import type { Metrics } from '../ports/telemetry.js';
import type { AnsweredCall, TalkStep } from '../talk-step.js';
import { askParty, type AskedParty } from './ask-party.js';
import { countryOf, mayBeRecorded, rulingsFor, SIDES, type BothSides } from './consent-rulings.js';
import type { Side } from './media-path.js';
import type { Route } from './route.js';

export interface AnnounceDeps {
  readonly prompts: Prompts;
  readonly consents: ConsentLog;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

const LEG = { caller: 'a', callee: 'b' } as const;

/**
 * Tells each party that the call is recorded, or asks it, as law and tenant want it. Both are asked
 * at once; who is done first hears ringback until the other one is. The call may be recorded only
 * when both have met what was asked of them and the evidence of it is safe.
 */
export class Announce implements TalkStep {
  constructor(private readonly deps: AnnounceDeps) {}

  wanted(route: Route, direction: Direction): boolean {
    const { caller, callee } = rulingsFor(route, direction);
    return mayBeRecorded(route) || caller.measure !== 'nothing' || callee.measure !== 'nothing';
  }

  /** @throws CallRefused (consent-refused) where the tenant ends a call that may not be recorded. */
  async run(call: AnsweredCall, over: AbortSignal): Promise<void> {
    const rulings = rulingsFor(call.route, call.direction);
    // True until it is known better: of a call that ends now, or a crash, the records tell just this.
    for (const side of SIDES) call.know(side, { consentOutcome: 'interrupted' });
    const outcomes = await this.#askBoth(call, rulings, over);
    if (over.aborted) return;
    const met = SIDES.every((side) => meets(rulings[side].measure, outcomes[side]));
    const safe = await this.#keep(call, rulings, outcomes);
    if (met && safe && mayBeRecorded(call.route)) {
      call.consent = { a: outcomes.caller, b: outcomes.callee };
    }
    if (SIDES.some((side) => endsCall(outcomes[side], call.route.tenant.consent))) {
      await this.#sayGoodbye(call, over);
      throw new CallRefused('consent-refused');
    }
  }

  async #askBoth(
    call: AnsweredCall,
    rulings: BothSides<LegRuling>,
    over: AbortSignal,
  ): Promise<BothSides<ConsentOutcome>> {
    const { clock } = this.deps;
    const policy = call.route.tenant.consent;
    const failed = new AbortController();
    const stop = AbortSignal.any([over, failed.signal]);
    const answers: Record<Side, ConsentOutcome> = { caller: 'interrupted', callee: 'interrupted' };
    const done = bothDone();
    const ask = async (side: Side): Promise<void> => {
      const party = this.#party(call, side);
      try {
        answers[side] = await askParty(party, rulings[side], { policy, clock, over: stop });
        done.tell(side);
        await waitWithRingback(call, side, AbortSignal.any([stop, done.signal]));
      } catch (error) {
        failed.abort();
        throw error;
      }
    };
    const asked = await Promise.allSettled(SIDES.map(ask));
    const failure = asked.find((one) => one.status === 'rejected');
    if (over.aborted || failure !== undefined) await this.#keep(call, rulings, answers);
    if (failure !== undefined && !over.aborted) throw failure.reason;
    return answers;
  }

  #party(call: AnsweredCall, side: Side): AskedParty {
    const { tenant } = call.route;
    const language = tenant.consent.language ?? languageOf(countryOf(call.route, side));
    return {
      endpoint: call.endpoints[side],
      say: (name) => this.deps.prompts.sound(name, language, tenant.id),
      onDigit: (hear) => call.onDigit(side, hear),
    };
  }

  /** Into the records, the metrics and the log of evidence; answers whether that one is safe. */
  async #keep(
    call: AnsweredCall,
    rulings: BothSides<LegRuling>,
    outcomes: BothSides<ConsentOutcome>,
  ): Promise<boolean> {
    const { consents, clock, metrics } = this.deps;
    const at = clock.now();
    const kept = SIDES.map((side) => {
      const outcome = outcomes[side];
      call.know(side, { consentOutcome: outcome });
      metrics.consentOutcome(rulings[side].role, outcome);
      const { id: callId, route } = call;
      const tenant = route.tenant.id;
      return consents.append({ ...rulings[side], at, tenant, callId, leg: LEG[side], outcome });
    });
    call.log.info('Parties asked about recording', {
      outcome_a: outcomes.caller,
      outcome_b: outcomes.callee,
      rule_a: rulings.caller.rule,
      rule_b: rulings.callee.rule,
    });
    try {
      await Promise.all(kept);
      return true;
    } catch (error) {
      call.log.error('Consent was not kept, so the call is not recorded', {
        err: error instanceof Error ? error : undefined,
      });
      return false;
    }
  }

  async #sayGoodbye(call: AnsweredCall, over: AbortSignal): Promise<void> {
    await Promise.all(
      SIDES.map((side) => {
        const party = this.#party(call, side);
        return party.endpoint.play([party.say('consent-ended')], over);
      }),
    );
  }
}

function endsCall(outcome: ConsentOutcome, { onRefusal, onSilence }: ConsentPolicy): boolean {
  if (outcome === 'no-answer') return onSilence === 'end-call';
  return (outcome === 'refused' || outcome === 'opted-out') && onRefusal === 'end-call';
}

/** Aborts its signal when both sides have told that they are done. */
function bothDone(): { readonly signal: AbortSignal; tell(side: Side): void } {
  const controller = new AbortController();
  const done = new Set<Side>();
  return {
    signal: controller.signal,
    tell: (side) => {
      done.add(side);
      if (done.size === SIDES.length) controller.abort();
    },
  };
}

/** Who waits for the other one hears that something goes on, not silence. */
async function waitWithRingback(call: AnsweredCall, side: Side, until: AbortSignal): Promise<void> {
  const aborted = new Promise((resolve) => until.addEventListener('abort', resolve));
  if (until.aborted) return;
  const ringback = { is: 'ringback', country: countryOf(call.route, side) } as const;
  // A tone that cannot be played is silence; the call does not depend on it.
  await call.endpoints[side].play([ringback], until).catch(() => undefined);
  await aborted;
}
