import { isIP } from 'node:net';
import { newBranch } from '../message/identifiers.js';
import { firstHeader } from '../message/headers.js';
import { tagOf } from '../message/name-addr.js';
import { serialize } from '../message/serialize.js';
import type {
  HeaderField,
  Hop,
  Listener,
  SipRequest,
  SipResponse,
} from '../message/sip-message.js';
import { parseSeconds } from '../message/tokens.js';
import type { Cancel } from '../transaction/timing.js';
import type { ClientTransaction, ClientUser } from '../transaction/client-transaction.js';
import type { Received } from '../transport/transport.js';
import { hostPort, ownVia } from '../transport/own-address.js';
import type { CoreState } from './state.js';

/** RFC 3261 §18.1.1: what is larger than this may not fit the path, so it goes by stream. */
const mostDatagramBytes = 1_300;
/** How long a target that failed is tried last. */
const avoidedMs = 30_000;
/** A peer that takes no TCP today will not tomorrow; but somebody may change that some day. */
const datagramsOnlyMs = 3_600_000;
/**
 * The most that a target may ask to be left alone (RFC 3261 §21.5.4), in seconds: it may only pass
 * on what one phone behind it says, and all others are still to be reached.
 */
const mostRetryAfterSeconds = 60;

/** In the place of a request that is over. */
const letGo: SipRequest = {
  kind: 'request',
  method: '',
  uri: '',
  headers: [],
  body: Buffer.alloc(0),
};

/** One way to one target. */
interface Way {
  readonly hop: Hop;
  /** By stream only because the request is so large; the datagram is the next way. */
  readonly switched: boolean;
  readonly target: Hop;
}

interface Try {
  readonly way: Way;
  readonly transaction: ClientTransaction;
  /** The next way is being tried, or there was none. */
  over: boolean;
}

/**
 * A request and the targets that could take it, tried one after the other, each in a transaction
 * with a branch of its own, until one neither is silent, nor refuses the connection, nor answers
 * 503 (RFC 3263 §4.3). To whoever sends it, it looks like one transaction.
 */
export class TargetedRequest {
  readonly #state: CoreState;
  readonly #ways: readonly Way[];
  readonly #isInvite: boolean;
  /** It belongs to a dialog. */
  readonly #inCall: boolean;
  #request: SipRequest;
  #bytes: Buffer;
  #user: ClientUser | undefined;
  readonly #tries: Try[] = [];
  /** The way to be tried after those. */
  #next = 0;
  #startedAtMs = 0;
  #stopWaiting: Cancel | undefined;
  /** The callee rings, or the sender has given up: what comes now is the sender's. */
  #decided = false;
  /** It is no INVITE and has its final answer: nothing may follow. */
  #over = false;

  constructor(state: CoreState, request: SipRequest, targets: readonly Hop[]) {
    this.#state = state;
    this.#isInvite = request.method === 'INVITE';
    this.#inCall = tagOf(request, 'To') !== undefined;
    this.#request = request;
    this.#bytes = serialize(request);
    this.#ways = waysTo(state, state.avoided.last(targets), this.#bytes.length);
    const [first] = this.#ways;
    if (first !== undefined && first.hop !== targets[0]) this.#turnTo(first, targets[0]);
  }

  /** As it goes out, or went last. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  get request(): SipRequest {
    return this.#request;
  }

  /** Undefined when there is nowhere to send it. */
  get hop(): Hop | undefined {
    return this.#way?.hop;
  }

  /** The same without regard to the size of this request. */
  get target(): Hop | undefined {
    return this.#way?.target;
  }

  send(user: ClientUser): void {
    this.#user = user;
    this.#startedAtMs = this.#state.timing.now();
    if (this.#ways.length === 0) user.unreachable();
    else this.#try();
  }

  /**
   * Tries nobody else. Gives up an INVITE, and nothing but an INVITE: whatever else has been sent
   * ends by itself (RFC 3261 §9.1). Returns the CANCEL, which may leave later.
   */
  cancel(extra: readonly HeaderField[] = []): SipRequest | undefined {
    this.#decide();
    if (!this.#isInvite) return undefined;
    return this.#tries.at(-1)?.transaction.cancel(extra);
  }

  get #way(): Way | undefined {
    return this.#tries.at(-1)?.way ?? this.#ways[0];
  }

  #try(): void {
    const way = this.#ways[this.#next];
    if (way === undefined) return;
    this.#next += 1;
    const before = this.#tries.at(-1)?.way.hop;
    if (before) this.#turnTo(way, before);
    const user: ClientUser = {
      response: (response, received) => this.#response(attempt, response, received),
      timedOut: () => this.#lost(attempt, () => this.#user?.timedOut()),
      unreachable: () => this.#lost(attempt, () => this.#user?.unreachable()),
    };
    const transaction = this.#state.layer.send(this.#request, way.hop, user, this.#bytes);
    const attempt: Try = { way, transaction, over: false };
    this.#tries.push(attempt);
    if (this.#next < this.#ways.length) this.#beImpatient(attempt);
  }

  /** The same request by another way: RFC 3263 §4.3 wants a new branch. */
  #turnTo(way: Way, before: Hop | undefined): void {
    const { transport } = this.#state;
    const from = before && transport.listenerFor(before);
    const to = transport.listenerFor(way.hop);
    if (to === undefined) return;
    this.#request = by(this.#request, from, to);
    this.#bytes = serialize(this.#request);
  }

  /** With another way left nobody waits for 64·T1; on the last one the transaction's timer does. */
  #beImpatient(attempt: Try): void {
    const { timing, timers, transport } = this.#state;
    const giveUp = (): void => {
      if (this.#isInvite) attempt.transaction.cancel();
      this.#lost(attempt, () => undefined);
    };
    const timersRunning: Cancel[] = [];
    // What is no call may have been done already: only another server is worth asking again.
    if (this.#isInvite || this.#anotherThan(attempt.way.target) >= 0) {
      timersRunning.push(timing.after(8 * timers.t1, giveUp));
    }
    if (attempt.way.switched) {
      const unlessOpen = (): void => {
        if (!transport.connected(attempt.way.hop)) giveUp();
      };
      timersRunning.push(timing.after(2 * timers.t1, unlessOpen));
    }
    this.#stopWaiting = () => {
      for (const stop of timersRunning) stop();
    };
  }

  #response(attempt: Try, response: SipResponse, received: Received): void {
    const { status } = response;
    const answered = status >= 200 && status < 300;
    // Who was given up too early may still answer: that is a call (RFC 3261 §13.2.2.4), or a deed.
    if (this.#over || (attempt.over && !answered)) return;
    this.#stopWaiting?.();
    if (status !== 503) this.#state.avoided.trust(attempt.way.hop);
    else if (this.#refused(attempt, retryAfterOf(response))) return;
    this.#heard(status);
    if (answered) this.#giveUpAllBut(attempt);
    this.#over = !this.#isInvite && status >= 200;
    this.#user?.response(response, received);
  }

  /** After a final answer it is not sent again; only stragglers are waited for, for half a minute. */
  #heard(status: number): void {
    if (status > 100) this.#decided = true;
    if (status < 200) return;
    this.#request = letGo;
    this.#bytes = letGo.body;
  }

  #giveUpAllBut(answered: Try): void {
    if (!this.#isInvite) return;
    for (const other of this.#tries) if (other !== answered) other.transaction.cancel();
  }

  /** 503: whether there is another target; a datagram to the same one is none. */
  #refused(attempt: Try, retryAfterSeconds: number | undefined): boolean {
    const { target } = attempt.way;
    // Inside a call it is the other end that says so, whatever it is that stands in between.
    if (retryAfterSeconds !== undefined && !this.#inCall) {
      this.#state.avoided.avoid(target, retryAfterSeconds * 1_000);
    }
    const another = this.#anotherThan(target);
    if (another < 0 || !this.#mayTryAgain()) return false;
    attempt.over = true;
    this.#next = another;
    this.#try();
    return true;
  }

  /** Where among the ways still to be tried the first to another target is; -1: there is none. */
  #anotherThan(target: Hop): number {
    return this.#ways.findIndex((way, at) => at >= this.#next && way.target !== target);
  }

  /** No sign of life: the next one, or whoever sent the request is told. */
  #lost(attempt: Try, tell: () => void): void {
    if (attempt.over || this.#over) return;
    attempt.over = true;
    this.#stopWaiting?.();
    const { hop, switched } = attempt.way;
    this.#state.avoided.avoid(hop, switched ? datagramsOnlyMs : avoidedMs);
    if (this.#next < this.#ways.length && this.#mayTryAgain()) this.#try();
    else tell();
  }

  /** Later than 64·T1 nobody waits for the answer any more. */
  #mayTryAgain(): boolean {
    const { timing, timers } = this.#state;
    return !this.#decided && timing.now() - this.#startedAtMs < 64 * timers.t1;
  }

  #decide(): void {
    this.#decided = true;
    this.#stopWaiting?.();
  }
}

/** Large requests to a target of datagrams go by stream first (RFC 3261 §18.1.1). */
function waysTo(state: CoreState, targets: readonly Hop[], bytes: number): Way[] {
  const large = bytes > mostDatagramBytes && state.settings.switchLargeRequests;
  return targets.flatMap((target) => {
    const direct: Way = { hop: target, target, switched: false };
    if (!large || target.protocol !== 'udp') return direct;
    const hop: Hop = { ...target, protocol: 'tcp' };
    const possible = state.transport.listenerFor(hop) !== undefined && !state.avoided.has(hop);
    return possible ? [{ hop, target, switched: true }, direct] : direct;
  });
}

function by(request: SipRequest, from: Listener | undefined, to: Listener): SipRequest {
  const [, ...others] = request.headers;
  // A peer of the other address family could not reach the Contact of before.
  const moved = from !== undefined && isIP(from.address) !== isIP(to.address);
  const headers = moved ? others.map((field) => readdressed(field, from, to)) : others;
  const via = { name: 'Via', value: ownVia(to, newBranch()) };
  return { ...request, headers: [via, ...headers] };
}

function readdressed(field: HeaderField, from: Listener, to: Listener): HeaderField {
  if (field.name !== 'Contact') return field;
  return { name: field.name, value: field.value.replaceAll(hostPort(from), hostPort(to)) };
}

function retryAfterOf(response: SipResponse): number | undefined {
  const seconds = parseSeconds(
    (firstHeader(response, 'Retry-After') ?? '').split(/[;( ]/)[0] ?? '',
  );
  return seconds === undefined ? undefined : Math.min(seconds, mostRetryAfterSeconds);
}
