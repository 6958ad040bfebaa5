import type { Destination } from '../../dns/server-locator.js';
import { firstHeader, headerList } from '../../message/headers.js';
import { contactsOf, tagOf } from '../../message/name-addr.js';
import type { Hop, SipMessage, SipRequest, SipResponse } from '../../message/sip-message.js';
import type { Cancel, Timing } from '../../transaction/timing.js';
import type { Received } from '../../transport/transport.js';
import { dialogHop, type Party } from '../dialog-hop.js';
import { routeTowardsCallee } from './forwarding.js';

type Listeners = Parameters<typeof routeTowardsCallee>[1];

/** A dialog between two others, in whose path we have put ourselves by Record-Route. */
interface ProxiedCall {
  readonly callerTag: string;
  readonly caller: Party;
  readonly callee: Party;
  /** By a 2xx; before it the callee only rings. */
  readonly answered: boolean;
  forget: Cancel;
}

/** A later request of such a dialog, and where it goes. */
export interface Passage {
  readonly to: Destination;
  /** A message with a new Contact has passed: later requests follow it. */
  refresh(message: SipMessage): void;
  /** The other end has answered. */
  answered(response: SipResponse): void;
  end(): void;
}

const twelveHours = 12 * 3_600_000;
/** Longer than anybody rings without a sign of life (RFC 3261 §13.3.1.1: one a minute). */
const fiveMinutes = 5 * 60_000;
const mostCalls = 100_000;

/**
 * The calls that an application has proxied and wants to stay in the path of. Their later requests
 * pass without it. Where they go is known from the messages that opened the call, never taken from
 * a Route or Request-URI, so that nobody can have us relay to a place of his choosing.
 */
export class ProxiedCalls {
  readonly #timing: Timing;
  /** Whether a stream to that hop is open. */
  readonly #connected: (hop: Hop) => boolean;
  readonly #most: number;
  /** Whoever was silent longest comes first. */
  readonly #calls = new Map<string, ProxiedCall>();

  constructor(timing: Timing, connected: (hop: Hop) => boolean, most = mostCalls) {
    this.#timing = timing;
    this.#connected = connected;
    this.#most = most;
  }

  get size(): number {
    return this.#calls.size;
  }

  /** An answer to a proxied request has a tag: there is a dialog now. */
  learn(request: Received, response: SipResponse, from: Hop, ours: Listeners): void {
    const { message } = request;
    const key = keyOf(message, tagOf(message, 'From'), tagOf(response, 'To'));
    if (tagOf(response, 'To') === undefined) return;
    this.#remove(key);
    const [silentLongest] = this.#calls.keys();
    if (this.#calls.size >= this.#most && silentLongest) this.#remove(silentLongest);
    const answered = response.status >= 200;
    this.#calls.set(key, {
      callerTag: tagOf(message, 'From') ?? '',
      caller: {
        routeSet: headerList(message, 'Record-Route')?.slice(0, 1) ?? [],
        remoteTarget: contactOf(message),
        source: request.from,
        stickyHop: undefined,
      },
      callee: {
        routeSet: routeTowardsCallee(response, ours),
        remoteTarget: contactOf(response),
        source: from,
        stickyHop: undefined,
      },
      answered,
      forget: this.#forgetLater(key, answered),
    });
  }

  /**
   * A request has its final response: whoever only rang has no dialog any more.
   * @param tags of those who rang
   */
  settle(request: SipRequest, tags: Iterable<string>): void {
    for (const tag of tags) {
      const key = keyOf(request, tagOf(request, 'From'), tag);
      if (this.#calls.get(key)?.answered === false) this.#remove(key);
    }
  }

  /** The call a request belongs to, seen from the end it comes from. */
  passageOf(request: SipRequest): Passage | undefined {
    const theirs = tagOf(request, 'From');
    const others = tagOf(request, 'To');
    if (others === undefined || this.#calls.size === 0) return undefined;
    const forth = keyOf(request, theirs, others);
    const key = this.#calls.has(forth) ? forth : keyOf(request, others, theirs);
    const call = this.#calls.get(key);
    if (call === undefined) return undefined;
    call.forget();
    call.forget = this.#forgetLater(key, call.answered);
    this.#calls.delete(key);
    this.#calls.set(key, call);
    const fromCaller = call.callerTag === theirs;
    const [sender, receiver] = fromCaller ? [call.caller, call.callee] : [call.callee, call.caller];
    return {
      to: dialogHop(receiver, this.#connected),
      refresh: (message) => refresh(sender, message),
      answered: (response) => refresh(receiver, response),
      end: () => this.#remove(key),
    };
  }

  /** A call whose BYE went another way leaves no other sign. */
  #forgetLater(key: string, answered: boolean): Cancel {
    const life = answered ? twelveHours : fiveMinutes;
    return this.#timing.after(life, () => this.#calls.delete(key));
  }

  #remove(key: string): void {
    this.#calls.get(key)?.forget();
    this.#calls.delete(key);
  }

  clear(): void {
    for (const call of this.#calls.values()) call.forget();
    this.#calls.clear();
  }
}

function refresh(party: Party, message: SipMessage): void {
  party.remoteTarget = contactOf(message) ?? party.remoteTarget;
}

function contactOf(message: SipMessage): string | undefined {
  const contacts = contactsOf(message);
  return contacts === undefined || contacts === '*' ? undefined : contacts[0]?.uri;
}

function keyOf(message: SipMessage, callerTag = '', calleeTag = ''): string {
  return `${firstHeader(message, 'Call-ID') ?? ''};${callerTag};${calleeTag}`;
}
