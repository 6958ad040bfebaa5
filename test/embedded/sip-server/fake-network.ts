import { AvoidedTargets } from '../../../src/embedded/sip-server/core/avoided-targets.js';
import type { CoreState } from '../../../src/embedded/sip-server/core/state.js';
import type {
  HeaderField,
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
  #user: ClientUser | undefined;

  /** As much of the core as sending takes. */
  readonly state = {
    timing: this.timing,
    timers: rfcTimers,
    settings: { switchLargeRequests: false },
    avoided: this.avoided,
    layer: {
      send: (_request: unknown, _hop: unknown, user: ClientUser): unknown => {
        this.#user = user;
        return { cancel: () => void (this.cancelled += 1) };
      },
    },
    locator: { locate: (_: unknown, located: (hops: unknown[]) => void) => located([hop]) },
    transport: { listeners: [], listenerFor: () => ({ ...hop, externalAddress: hop.address }) },
  } as unknown as CoreState;

  /** An answer to what was sent last. */
  answer(status: number, headers: HeaderField[] = []): void {
    const response = { kind: 'response', status, reason: '', headers, body } as const;
    this.#user?.response(response, {} as Received);
  }
}

export function inviteTo(uri: string, to = `<${uri}>`): SipRequest {
  const headers = [
    { name: 'Via', value: 'SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1' },
    { name: 'To', value: to },
  ];
  return { kind: 'request', method: 'INVITE', uri, headers, body };
}
