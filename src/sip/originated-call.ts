import { CallRefused } from '../domain/calls/verdict.js';
import type { Clock } from '../domain/time.js';
import type {
  Arrival,
  DialListener,
  Dialing,
  FirstParty,
  Leg,
  LegListener,
  OutgoingLeg,
  SecretsOfCall,
  SipCall,
  SipCallListener,
  SipOrigin,
} from '../flows/ports/sip.js';
import { CallGuard } from './call-guard.js';
import { CallLegs } from './call-legs.js';
import type { EngineSocket } from './drachtio.js';
import type { EngineLink } from './engine-link.js';

/** RFC 3261 §8.1.1.6: what a request of our own may go through. */
const FRESH_HOPS = 70;

/** Where calls of our own begin. */
export class OwnCalls implements SipOrigin {
  constructor(
    private readonly link: EngineLink,
    private readonly clock: Clock,
  ) {}

  originate(first: FirstParty): SipCall {
    const [socket] = this.link.srf.app.client.mapServer.keys();
    if (socket === undefined || !this.link.up) throw new CallRefused('sip-engine-lost');
    return new OriginatedCall(first, socket, this.link, this.clock);
  }
}

/** A call that nobody brought: both its parties are dialed, the caller first. */
class OriginatedCall implements SipCall {
  readonly arrival: Arrival;
  /** Nobody can cancel what nobody has asked for by SIP. */
  readonly cancelled = new AbortController().signal;
  readonly #guard: CallGuard;
  readonly #legs: CallLegs;
  #listener: SipCallListener | undefined;
  #leaked = false;

  constructor(
    { trunk, address }: FirstParty,
    socket: EngineSocket,
    { srf, door, ownAddresses }: EngineLink,
    clock: Clock,
  ) {
    this.arrival = {
      ...NOTHING_SAID,
      trunk,
      callers: [address],
      ownAddress: ownAddresses[0] ?? '127.0.0.1',
    };
    this.#guard = new CallGuard(ownAddresses);
    const leaked = (): void => this.#takeLeak();
    this.#legs = new CallLegs({ srf, door, clock, guard: this.#guard, socket, leaked });
  }

  listen(listener: SipCallListener): void {
    this.#listener = listener;
    if (this.#leaked) listener.leaked();
  }

  mask(secrets: SecretsOfCall): void {
    this.#guard.arm(secrets);
  }

  present(): void {
    // The identity that the caller sees stands in our INVITE to it.
  }

  ring(): void {
    // It hears ringback of ours, for it is answered when the other one is called.
  }

  answer(): Promise<Leg> {
    return Promise.reject(new CallRefused('internal-error', 'this caller was called by us'));
  }

  refuse(): void {
    // It has asked for nothing that could be refused.
  }

  dial(dialing: Dialing, listener: DialListener, legListener: LegListener): OutgoingLeg {
    return this.#legs.dial(dialing, listener, legListener);
  }

  release(): void {
    this.#legs.release(() => undefined);
  }

  #takeLeak(): void {
    this.#leaked = true;
    this.#listener?.leaked();
  }
}

const NOTHING_SAID = {
  sipCallId: '',
  dialed: { kind: 'unreadable' },
  offer: undefined,
  foreignBody: false,
  malformed: false,
  hopsLeft: FRESH_HOPS,
  required: [],
  location: {
    byValue: undefined,
    geolocation: undefined,
    geolocationRouting: undefined,
    accessNetwork: undefined,
  },
  sessionExpires: undefined,
} as const;
