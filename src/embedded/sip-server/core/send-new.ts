import { Dialog } from '../dialog/dialog.js';
import type { Destination } from '../dns/server-locator.js';
import { newUuid } from '../message/identifiers.js';
import type { Hop, Listener } from '../message/sip-message.js';
import type { App } from '../wire/app.js';
import type { RequestCommand } from '../wire/command.js';
import { sentRequestOutcome } from '../wire/meta.js';
import { impliedContentType } from './app-headers.js';
import { composeNew, type NewRequest } from './compose-new.js';
import { recordAttempt } from './call-records.js';
import { destinationOf } from './next-hop.js';
import { OutboundInvite } from './outbound-invite.js';
import { OutboundRequest } from './outbound-request.js';
import { isOurselves } from '../transport/own-address.js';
import type { CoreState } from './state.js';
import { restartSubscription } from './subscribed.js';
import { TargetedRequest } from './targeted-request.js';

const nowhere: Hop = { protocol: 'udp', address: '', port: 0 };

/** An application sends a request outside any dialog. */
export function sendNew(state: CoreState, app: App, command: RequestCommand): void {
  const { request, nextHop, id } = command;
  const refuse = (why: string): void => app.reply(id, `NOK|${why}`);
  const destination = destinationOf(nextHop === '' ? request.uri : nextHop);
  if (destination === 'malformed') {
    refuse(`invalid request-uri: ${request.uri}`);
    return;
  }
  if (destination === 'unsupported transport') {
    refuse('requested protocol/transport not available');
    return;
  }
  const type = impliedContentType(request.body, request.headers);
  if (type === 'missing') {
    refuse('missing content-type');
    return;
  }
  if (type) request.headers.push(type);
  state.locator.locate(destination, (targets) => {
    if (!app.connected) return;
    const others = targets.filter((hop) => !isOurselves(state.transport.listeners, hop));
    const listener = listenerTowards(state, destination, others[0] ?? targets[0]);
    if (listener === undefined) refuse('requested protocol/transport not available');
    else if (others.length < targets.length && others.length === 0) {
      refuse('can not send request to myself');
    } else launch(state, app, command, composeNew(request, listener), others);
  });
}

/** Without a target the request is still shown to the application, as it would have gone out. */
function listenerTowards(
  state: CoreState,
  { protocol }: Destination,
  hop: Hop | undefined,
): Listener | undefined {
  const { transport } = state;
  if (hop) return transport.listenerFor(hop);
  return transport.listeners.find((one) => protocol === undefined || one.protocol === protocol);
}

function launch(
  state: CoreState,
  app: App,
  command: RequestCommand,
  composed: NewRequest,
  targets: readonly Hop[],
): void {
  const { method } = command.request;
  const targeted = new TargetedRequest(state, composed.request, targets);
  const { request, bytes, hop = nowhere } = targeted;
  const transactionId = newUuid();
  // The application learns the transaction's id before any response can name it.
  app.reply(command.id, sentRequestOutcome(bytes.length, hop, transactionId), bytes);
  if (method === 'INVITE') {
    recordAttempt(state, 'application', request);
    const dialog = openDialog(state, app, command, composed, targeted);
    new OutboundInvite(state, dialog, request, transactionId, true).send(targeted);
    return;
  }
  const dialog =
    method === 'SUBSCRIBE' ? openDialog(state, app, command, composed, targeted) : undefined;
  const user = new OutboundRequest({
    app,
    request,
    transactionId,
    dialogId: dialog?.id ?? '',
    finally: (status, response, received) => {
      if (dialog === undefined) return;
      if (status >= 300 || !response || !received) state.dialogs.remove(dialog);
      else {
        dialog.learnFromResponse(response, received.from);
        dialog.stayWith(targeted.target);
        dialog.state = 'confirmed';
        restartSubscription(state, dialog, response, request);
      }
    },
  });
  targeted.send(user);
}

function openDialog(
  state: CoreState,
  app: App,
  command: RequestCommand,
  composed: NewRequest,
  { target = nowhere }: TargetedRequest,
): Dialog {
  const dialog = new Dialog(
    {
      role: 'uac',
      opener: command.request.method === 'INVITE' ? 'INVITE' : 'SUBSCRIBE',
      app,
      callId: composed.callId,
      fromTag: composed.fromTag,
      localTag: composed.fromTag,
      localAddress: composed.from,
      remoteAddress: composed.to,
      localSequence: composed.sequence,
      contact: composed.contact,
      source: target,
      stickyHop: command.nextHop === '' ? undefined : target,
    },
    state.timing,
  );
  dialog.remoteTarget = composed.request.uri;
  state.dialogs.add(dialog);
  return dialog;
}
