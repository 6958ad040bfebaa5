import { mostForks } from '../../dialog/early-dialogs.js';
import { newTag } from '../../message/identifiers.js';
import { contactsOf, tagOf } from '../../message/name-addr.js';
import { serialize } from '../../message/serialize.js';
import type { HeaderField, Hop, SipRequest, SipResponse } from '../../message/sip-message.js';
import { keep } from '../../transaction/keep.js';
import type { ServerTransaction } from '../../transaction/server-transaction.js';
import type { ReceivedRequest } from '../../transaction/transaction-layer.js';
import type { Received } from '../../transport/transport.js';
import { destinationOf } from '../next-hop.js';
import { reasons, responseTo, type OwnStatus } from '../../message/responses.js';
import type { CoreState } from '../state.js';
import { bestFailure } from './best-response.js';
import { Branch, type Failure } from './branch.js';
import { forwardedRequest, forwardedResponse, isOurs } from './forwarding.js';
import type { Target } from './target.js';

/** Destinations of one request that are tried, those of redirects included. */
const mostTargets = 32;

export interface ProxyPlan {
  readonly targets: readonly Target[];
  readonly simultaneous: boolean;
  readonly followRedirects: boolean;
  readonly recordRoute: boolean;
  readonly provisionalMs: number | undefined;
  readonly finalMs: number | undefined;
  readonly headers: readonly HeaderField[];
}

/** Whoever wants to know what became of it. */
export interface ProxyWitness {
  /** The request as it goes to a destination. */
  asked(request: SipRequest): void;
  /** A destination's final response. */
  final(response: SipResponse, received: Received): void;
  /** A 2xx has been passed on, or the best failure. */
  done(answer: SipResponse): void;
}

/** A request on its way through us: a stateful, forking proxy (RFC 3261 §16). */
export class ProxiedRequest {
  readonly #state: CoreState;
  readonly #transaction: ServerTransaction;
  readonly #received: ReceivedRequest;
  readonly #plan: ProxyPlan;
  readonly #witness: ProxyWitness;
  readonly #waiting: Target[];
  readonly #tried = new Set<string>();
  readonly #branches: Branch[] = [];
  readonly #failures: Failure[] = [];
  /** The tags of callees that ring. */
  readonly #ringing = new Set<string>();
  /** A success, a 6xx or a CANCEL has come: no further destination is asked. */
  #decided = false;
  #finished = false;

  constructor(
    state: CoreState,
    transaction: ServerTransaction,
    received: ReceivedRequest,
    plan: ProxyPlan,
    witness: ProxyWitness,
  ) {
    this.#state = state;
    this.#transaction = transaction;
    this.#received = received;
    this.#plan = plan;
    this.#witness = witness;
    this.#waiting = [...plan.targets];
  }

  start(): void {
    this.#state.proxied.set(this.#transaction, this);
    this.#proceed();
  }

  /** The caller has given up (RFC 3261 §16.10). */
  cancel(): void {
    this.#decide();
    this.#proceed();
  }

  #decide(): void {
    this.#decided = true;
    this.#waiting.length = 0;
    for (const branch of this.#branches) branch.cancel();
  }

  /** Asks the next destination, or all; with nobody left to ask or to wait for, it is over. */
  #proceed(): void {
    const { simultaneous } = this.#plan;
    while (this.#waiting.length > 0 && (simultaneous || !this.#anyPending)) this.#ask();
    if (!this.#anyPending) this.#finishWithFailure();
  }

  get #anyPending(): boolean {
    return this.#branches.some((branch) => branch.pending);
  }

  #ask(): void {
    const target = this.#waiting.shift();
    if (target === undefined || this.#tried.has(target.uri)) return;
    if (this.#tried.size >= mostTargets) return;
    this.#tried.add(target.uri);
    const { provisionalMs, finalMs } = this.#plan;
    const branch = new Branch(this.#state, target, {
      provisionalMs,
      finalMs,
      compose: (destined, hop) => this.#compose(destined, hop),
      provisional: (response, received) => this.#ring(response, received),
      success: (response, received) => this.#succeed(response, received),
      failed: ({ target }, failure, received) => this.#fail(target, failure, received),
    });
    this.#branches.push(branch);
    branch.start();
  }

  #compose({ uri }: Target, hop: Hop): SipRequest | undefined {
    const { transport } = this.#state;
    const leavesBy = transport.listenerFor(hop);
    if (leavesBy === undefined) return undefined;
    const { message, listener } = this.#received;
    const forwarded = forwardedRequest({
      request: message,
      // Only a request that was addressed to us needs another address (RFC 3261 §16.5).
      uri: isOurs(message.uri, transport.listeners) ? uri : message.uri,
      takenBy: listener,
      leavesBy,
      recordRoute: this.#plan.recordRoute,
      headers: this.#plan.headers,
      ours: transport.listeners,
    });
    this.#witness.asked(forwarded);
    return forwarded;
  }

  #passOn(response: SipResponse, received: Received): void {
    this.#learn(response, received);
    const bytes = serialize(forwardedResponse(response));
    // RFC 3261 §16.7 step 5: every 2xx to an INVITE goes back, repeated and forked ones too.
    if (this.#transaction.answered) this.#transaction.repeat(bytes);
    else this.#transaction.respond(response.status, keep(bytes));
  }

  #learn(response: SipResponse, { from }: Received): void {
    const { method } = this.#transaction;
    const opens = method === 'INVITE' || method === 'SUBSCRIBE';
    if (!this.#plan.recordRoute || !opens) return;
    const tag = tagOf(response, 'To');
    if (response.status < 200 && tag !== undefined) {
      if (this.#ringing.size >= mostForks && !this.#ringing.has(tag)) return;
      this.#ringing.add(tag);
    }
    this.#state.proxiedCalls.learn(this.#received, response, from, this.#state.transport.listeners);
  }

  /** Whoever still rings after the final response is being cancelled. */
  #ring(response: SipResponse, received: Received): void {
    if (!this.#finished) this.#passOn(response, received);
  }

  #succeed(response: SipResponse, received: Received): void {
    if (this.#finished && this.#transaction.method !== 'INVITE') return;
    this.#passOn(response, received);
    if (this.#finished) return;
    this.#decide();
    this.#witness.final(response, received);
    this.#finish(response);
  }

  #fail(target: Target, failure: Failure, received: Received | undefined): void {
    if (this.#finished) return;
    const { status, response } = failure;
    if (response && received) this.#witness.final(response, received);
    if (!this.#redirected(target, failure)) this.#failures.push(failure);
    if (status >= 600 && !this.#decided) this.#decide();
    // The caller is to come back with credentials; nobody else is asked meanwhile.
    if (status === 401 || status === 407) {
      this.#waiting.length = 0;
      const { message } = this.#received;
      if (response) this.#state.challenges.remember(message, response, target);
    }
    this.#proceed();
  }

  /** Whether a 3xx has brought destinations to go on with (RFC 3261 §16.7 step 4). */
  #redirected({ named }: Target, { status, response }: Failure): boolean {
    const redirects = this.#plan.followRedirects && status >= 300 && status < 400;
    if (!redirects || response === undefined || this.#decided) return false;
    const contacts = contactsOf(response);
    if (contacts === undefined || contacts === '*') return false;
    for (const { uri } of contacts) {
      const destination = destinationOf(uri);
      if (typeof destination !== 'string') this.#waiting.push({ uri, destination, named });
    }
    return this.#waiting.length > 0;
  }

  #finishWithFailure(): void {
    if (this.#finished) return;
    const best = bestFailure(this.#failures);
    const status = best?.status ?? (this.#decided ? 487 : 408);
    const answer = best?.response
      ? forwardedResponse(best.response)
      : this.#ownAnswer(status as OwnStatus);
    this.#transaction.respond(status, keep(serialize(answer)));
    this.#finish(answer);
  }

  #ownAnswer(status: OwnStatus): SipResponse {
    const parts = { status, reason: reasons[status], toTag: newTag() };
    return responseTo(this.#received.message, parts);
  }

  #finish(answer: SipResponse): void {
    this.#finished = true;
    this.#state.proxied.delete(this.#transaction);
    this.#state.proxiedCalls.settle(this.#received.message, this.#ringing);
    this.#witness.done(answer);
  }
}
