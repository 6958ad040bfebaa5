import { serialize } from '../../message/serialize.js';
import type { ServerTransaction } from '../../transaction/server-transaction.js';
import type { ReceivedRequest } from '../../transaction/transaction-layer.js';
import { recordPassingEnd } from '../call-records.js';
import type { CoreState } from '../state.js';
import { forwardedRequest } from './forwarding.js';
import type { Passage } from './proxied-calls.js';
import { ProxiedRequest } from './proxied-request.js';

/** Requests that tell the peer where the dialog is to be continued (RFC 3261 §12.2.1.2). */
const refreshing = new Set(['INVITE', 'UPDATE', 'SUBSCRIBE', 'NOTIFY', 'REFER']);

/** A request inside a call that was proxied: to the other end, and no application hears of it. */
export function passThrough(
  state: CoreState,
  passage: Passage,
  transaction: ServerTransaction,
  received: ReceivedRequest,
): void {
  const { method, uri } = received.message;
  const plan = {
    targets: [{ uri, destination: passage.to, named: uri }],
    simultaneous: false,
    followRedirects: false,
    recordRoute: false,
    provisionalMs: undefined,
    finalMs: undefined,
    headers: [],
  };
  const ends = method === 'BYE';
  if (ends) recordPassingEnd(state, 'network', received.message);
  const challenged = (status: number): boolean => status === 401 || status === 407;
  new ProxiedRequest(state, transaction, received, plan, {
    asked: (request) => {
      if (ends) recordPassingEnd(state, 'application', request);
    },
    final: (response) => {
      if (response.status >= 300 || !refreshing.has(method)) return;
      passage.refresh(received.message);
      passage.answered(response);
    },
    done: ({ status }) => {
      if (ends && !challenged(status)) passage.end();
    },
  }).start();
}

/** The ACK to a 2xx has no answer, so nothing is kept of it (RFC 3261 §16.11). */
export function passAck(state: CoreState, passage: Passage, received: ReceivedRequest): void {
  const { message, listener } = received;
  const { transport } = state;
  state.locator.locate(passage.to, ([hop]) => {
    const leavesBy = hop && transport.listenerFor(hop);
    if (hop === undefined || leavesBy === undefined) return;
    const ack = forwardedRequest({
      request: message,
      uri: message.uri,
      takenBy: listener,
      leavesBy,
      recordRoute: false,
      headers: [],
      ours: transport.listeners,
    });
    transport.send(serialize(ack), hop, () => undefined);
  });
}
