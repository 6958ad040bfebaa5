import type { HeaderField } from '../message/sip-message.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { ReceivedRequest } from '../transaction/transaction-layer.js';
import type { App, AppOutlet } from '../wire/app.js';
import type { Instruction } from '../wire/instruction.js';
import { durationOf } from '../wire/proxy-command.js';
import { recordAttempt, recordRefusal } from './call-records.js';
import { deliverNewRequest } from './deliver.js';
import { expectAnswer } from './inbound.js';
import { takeProxy } from './proxy/take-proxy.js';
import { answerByOurselves } from './refuse.js';
import { respond } from './respond.js';
import { reasons } from '../message/responses.js';
import type { CoreState, Inbound } from './state.js';

/** In the place of an application until one is found: there is nobody yet to be told of a CANCEL. */
const nobody: App = { connected: true, deliver: () => undefined, reply: () => undefined };
const noBody = Buffer.alloc(0);
const phrases: Readonly<Record<number, string | undefined>> = reasons;

/** A new request that a handler decides upon: whom to dial for it, or how it is answered. */
export function takeAsInstructed(
  state: CoreState,
  transaction: ServerTransaction,
  received: ReceivedRequest,
): void {
  const { requestHandling } = state;
  const request = received.message;
  const isInvite = request.method === 'INVITE';
  if (requestHandling === undefined || requestHandling.handlers.full) {
    const answer = answerByOurselves(transaction, request, 503);
    if (isInvite) recordRefusal(state, request, answer);
    return;
  }
  const inbound = expectAnswer(state, nobody, transaction, received);
  if (isInvite) recordAttempt(state, 'network', request);
  requestHandling.handlers
    .ask(request, received.from)
    .then((instruction) => {
      if (isWaiting(state, inbound)) follow(state, inbound, instruction);
    })
    .catch((error: unknown) => requestHandling.failed(error));
}

/** Its caller may have given up meanwhile, or we on the handler. */
function isWaiting({ unanswered }: CoreState, { transactionId }: Inbound): boolean {
  return unanswered.has(transactionId);
}

function follow(state: CoreState, inbound: Inbound, instruction: Instruction | undefined): void {
  switch (instruction?.action) {
    case 'route':
      state.requestHandling?.connections.dial(instruction.data.uri, (app) => {
        handOver(state, inbound, app);
      });
      break;
    case 'reject':
      answer(state, inbound, instruction.data.status, instruction.data.reason);
      break;
    case 'redirect': {
      const contacts = instruction.data.contact.map((value) => ({ name: 'Contact', value }));
      answer(state, inbound, 302, 'Moved Temporarily', contacts);
      break;
    }
    case 'proxy':
      sendOn(state, inbound, instruction.data);
      break;
    case undefined:
      answer(state, inbound, 500);
  }
}

/** The dialed application has shown the secret, or there is none: then, as drachtio-server, 480. */
function handOver(state: CoreState, inbound: Inbound, app: AppOutlet | undefined): void {
  if (!isWaiting(state, inbound)) app?.end();
  else if (app === undefined) answer(state, inbound, 480);
  else {
    inbound.app = app;
    deliverNewRequest(app, inbound.received, inbound.transactionId);
  }
}

function answer(
  state: CoreState,
  { transactionId }: Inbound,
  status: number,
  reason = phrases[status] ?? 'Rejected',
  headers: HeaderField[] = [],
): void {
  const response = { kind: 'response', status, reason, headers, body: noBody } as const;
  respond(state, nobody, { is: 'respond', id: '', transactionId, response });
}

function sendOn(
  state: CoreState,
  { transactionId }: Inbound,
  {
    destination,
    provisionalTimeout,
    finalTimeout,
    ...how
  }: (Instruction & { action: 'proxy' })['data'],
): void {
  takeProxy(state, nobody, {
    is: 'proxy',
    id: '',
    transactionId,
    ...how,
    fullResponse: false,
    provisionalMs: durationOf(provisionalTimeout),
    finalMs: durationOf(finalTimeout),
    destinations: destination,
    headers: [],
  });
}
