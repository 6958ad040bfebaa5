import { AvoidedTargets } from '../../../src/embedded/sip-server/core/avoided-targets.js';
import type { CoreState } from '../../../src/embedded/sip-server/core/state.js';
import type {
  HeaderField,
  Hop,
  SipRequest,
} from '../../../src/embedded/sip-server/message/sip-message.js';
import { rfcTimers } from '../../../src/embedded/sip-server/transaction/timing.js';
import type { ClientUser } from '../../../src/embedded/sip-server/transaction/client-transaction.js';
import type { Received } from '../../../src/embedded/sip-server/transport/transport.js';
import { FakeTiming } from './fake-timing.js';

export const hop = { protocol: 'udp', address: '192.0.2.1', port: 5060 } as const;

const body = Buffer.alloc(0);

/** A network of one hop, whose clock and answers are given by hand. */
export class FakeNetwork {
  readonly timing = new FakeTiming();
  readonly avoided = new AvoidedTargets(this.timing);
  cancelled = 0;
  /** Where something was sent, in order. */
  readonly sentTo: Hop[] = [];
  readonly #users: ClientUser[] = [];

  /** As much of the core as sending takes. */
  readonly state = {
    timing: this.timing,
    timers: rfcTimers,
    settings: { switchLargeRequests: false },
    avoided: this.avoided,
    layer: {
      send: (_request: unknown, to: Hop, user: ClientUser): unknown => {
        this.sentTo.push(to);
        this.#users.push(user);
        return { cancel: () => void (this.cancelled += 1) };
      },
    },
    locator: { locate: (_: unknown, located: (hops: unknown[]) => void) => located([hop]) },
    transport: { listeners: [], listenerFor: () => ({ ...hop, externalAddress: hop.address }) },
  } as unknown as CoreState;

  /** An answer to what was sent last, or to an earlier one: -2 is the one before the last. */
  answer(status: number, headers: HeaderField[] = [], which = -1): void {
    const response = { kind: 'response', status, reason: '', headers, body } as const;
    this.#users.at(which)?.response(response, {} as Received);
  }

  /** 64·T1 have passed without an answer to what was sent last. */
  timeOut(): void {
    this.#users.at(-1)?.timedOut();
  }
}

export function inviteTo(uri: string, to = `<${uri}>`): SipRequest {
  return requestTo('INVITE', uri, to);
}

export function requestTo(method: string, uri: string, to = `<${uri}>`): SipRequest {
  const headers = [
    { name: 'Via', value: 'SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1' },
    { name: 'To', value: to },
  ];
  return { kind: 'request', method, uri, headers, body };
}
