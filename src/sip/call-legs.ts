import type { DialListener, Dialing, LegListener, OutgoingLeg } from '../flows/ports/sip.js';
import type { Clock } from '../domain/time.js';
import type { CallGuard } from './call-guard.js';
import type { Drachtio, EngineSocket } from './drachtio.js';
import type { GuardDoor } from './guard-door.js';
import { OpenEnds } from './open-ends.js';
import { DialedLeg } from './outgoing-leg.js';

export interface CallLegsDeps {
  readonly srf: Drachtio;
  readonly clock: Clock;
  readonly door: GuardDoor;
  readonly guard: CallGuard;
  /** All messages of one call go through one connection to the engine. */
  readonly socket: EngineSocket;
  leaked(): void;
}

/** The legs of one call that we have dialed, and what of them the guard must go on knowing. */
export class CallLegs {
  readonly ends: OpenEnds;
  /** By Call-ID; undefined for an INVITE that could not even be handed over. */
  readonly #legs = new Map<string, DialedLeg | undefined>();

  constructor(private readonly deps: CallLegsDeps) {
    this.ends = new OpenEnds(deps.clock);
  }

  dial(dialing: Dialing, listener: DialListener, legListener: LegListener): OutgoingLeg {
    const { callId } = dialing.plan;
    const { ends, deps } = this;
    this.#legs.set(callId, undefined);
    const leg = new DialedLeg(dialing, { ...deps, ends, listener, legListener });
    this.#legs.set(callId, leg);
    return leg;
  }

  /** Runs `done` when nothing of the call can be sent any more, and forgets its legs. */
  release(done: () => void): void {
    this.ends.whenClosed(() => {
      for (const [callId, leg] of this.#legs)
        this.deps.door.forget(callId, leg?.transactions ?? []);
      done();
    });
  }
}
