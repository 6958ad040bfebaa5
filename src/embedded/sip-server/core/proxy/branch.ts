import type { Hop, SipRequest, SipResponse } from '../../message/sip-message.js';
import type { Cancel } from '../../transaction/timing.js';
import type { ClientUser } from '../../transaction/client-transaction.js';
import type { Received } from '../../transport/transport.js';
import { isOurselves } from '../../transport/own-address.js';
import type { CoreState } from '../state.js';
import { TargetedRequest } from '../targeted-request.js';
import type { Target } from './target.js';

/** RFC 3261 §16.6 step 11: Timer C must be longer than three minutes. */
const timerC = 181_000;

/** What one destination made of the request; without a response it never answered. */
export interface Failure {
  readonly status: number;
  readonly response: SipResponse | undefined;
}

export interface BranchOptions {
  readonly provisionalMs: number | undefined;
  readonly finalMs: number | undefined;
  /** The request as it goes to this hop; undefined when no socket of ours reaches it. */
  compose(target: Target, hop: Hop): SipRequest | undefined;
  provisional(response: SipResponse, received: Received): void;
  success(response: SipResponse, received: Received): void;
  /** Told once, and never after a success. */
  failed(branch: Branch, failure: Failure, received: Received | undefined): void;
}

/** One destination of a proxied request (RFC 3261 §16.6 and §16.7). */
export class Branch implements ClientUser {
  readonly #state: CoreState;
  readonly target: Target;
  readonly #options: BranchOptions;
  #request: TargetedRequest | undefined;
  #isInvite = false;
  #over = false;
  #givenUp = false;
  #silence: Cancel = () => undefined;
  #patience: Cancel = () => undefined;

  constructor(state: CoreState, target: Target, options: BranchOptions) {
    this.#state = state;
    this.target = target;
    this.#options = options;
  }

  get pending(): boolean {
    return !this.#over;
  }

  start(): void {
    this.#state.locator.locate(this.target.destination, (hops) => {
      if (this.#over) return;
      const { listeners } = this.#state.transport;
      const others = hops.filter((hop) => !isOurselves(listeners, hop));
      const request = others[0] && this.#options.compose(this.target, others[0]);
      if (request === undefined) {
        this.unreachable();
        return;
      }
      const { provisionalMs, finalMs } = this.#options;
      if (provisionalMs !== undefined) this.#silence = this.#giveUpAfter(provisionalMs);
      this.#isInvite = request.method === 'INVITE';
      if (finalMs !== undefined) this.#patience = this.#giveUpAfter(finalMs);
      this.#restartTimerC();
      this.#request = new TargetedRequest(this.#state, request, others);
      this.#request.send(this);
    });
  }

  /** Another destination has accepted, or the caller has gone. */
  cancel(): void {
    if (this.#over) return;
    if (this.#request === undefined) this.#end({ status: 487, response: undefined }, undefined);
    else this.#request.cancel();
  }

  response(response: SipResponse, received: Received): void {
    this.#silence();
    if (response.status <= 100) return;
    if (response.status < 200) {
      if (this.#over) return;
      this.#restartTimerC();
      this.#options.provisional(response, received);
    } else if (response.status < 300) {
      this.#stopTimers();
      this.#over = true;
      this.#options.success(response, received);
    } else this.#end({ status: response.status, response }, received);
  }

  timedOut(): void {
    this.#end({ status: 408, response: undefined }, undefined);
  }

  unreachable(): void {
    this.#end({ status: 503, response: undefined }, undefined);
  }

  /** Each sign that it still rings gives three more minutes (RFC 3261 §16.7 step 2). */
  #restartTimerC(): void {
    if (!this.#isInvite || this.#options.finalMs !== undefined) return;
    this.#patience();
    this.#patience = this.#giveUpAfter(timerC);
  }

  #giveUpAfter(milliseconds: number): Cancel {
    return this.#state.timing.after(milliseconds, () => {
      if (this.#over || this.#givenUp) return;
      this.#givenUp = true;
      this.#request?.cancel();
      // The next destination need not wait for the answer to our CANCEL.
      this.timedOut();
    });
  }

  #end(failure: Failure, received: Received | undefined): void {
    this.#stopTimers();
    if (this.#over) return;
    this.#over = true;
    this.#options.failed(this, failure, received);
  }

  #stopTimers(): void {
    this.#silence();
    this.#patience();
  }
}
