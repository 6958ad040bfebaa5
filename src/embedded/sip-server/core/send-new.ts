import { Dialog } from '../dialog/dialog.js';
import { newUuid } from '../identifiers.js';
import { serialize } from '../message/serialize.js';
import type { Hop, Listener } from '../message/sip-message.js';
import type { App } from '../wire/app.js';
import type { RequestCommand } from '../wire/command.js';
import { sentRequestOutcome } from '../wire/meta.js';
import { impliedContentType } from './app-headers.js';
import { composeNew, type NewRequest } from './compose-new.js';
import { destinationOf } from './next-hop.js';
import { OutboundInvite } from './outbound-invite.js';
import { OutboundRequest } from './outbound-request.js';
import type { CoreState } from './state.js';

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
  state.resolver.resolve(destination, (hop) => {
    if (!app.connected) return;
    const listener = state.transport.listenerFor(hop ?? { ...destination, address: '127.0.0.1' });
    if (listener === undefined) refuse('requested protocol/transport not available');
    else if (hop && isOurselves(state, hop)) refuse('can not send request to myself');
    else launch(state, app, command, listener, hop);
  });
}

/** Sent to ourselves, both ends of the call would have the same dialog id. */
function isOurselves(state: CoreState, hop: Hop): boolean {
  return state.transport.listeners.some(
    ({ protocol, port, address, externalAddress }) =>
      protocol === hop.protocol &&
      port === hop.port &&
      (address === hop.address || externalAddress === hop.address),
  );
}

function launch(
  state: CoreState,
  app: App,
  command: RequestCommand,
  listener: Listener,
  hop: Hop | undefined,
): void {
  const composed = composeNew(command.request, listener);
  const { method } = command.request;
  const target = hop ?? { protocol: listener.protocol, address: '', port: 0 };
  const transactionId = newUuid();
  const bytes = serialize(composed.request);
  // The application learns the transaction's id before any response can name it.
  app.reply(command.id, sentRequestOutcome(bytes.length, target, transactionId), bytes);
  if (method === 'INVITE') {
    const dialog = openDialog(state, app, command, composed, target);
    new OutboundInvite(state, dialog, composed.request, transactionId, true).send(hop, bytes);
    return;
  }
  const dialog =
    method === 'SUBSCRIBE' ? openDialog(state, app, command, composed, target) : undefined;
  const user = new OutboundRequest({
    app,
    request: composed.request,
    transactionId,
    dialogId: dialog?.id ?? '',
    finally: (status, response, received) => {
      if (dialog === undefined) return;
      if (status >= 300 || !response || !received) state.dialogs.remove(dialog);
      else {
        dialog.learnFromResponse(response, received.from);
        dialog.state = 'confirmed';
      }
    },
  });
  if (hop) state.layer.send(composed.request, hop, user, bytes);
  else user.unreachable();
}

function openDialog(
  state: CoreState,
  app: App,
  command: RequestCommand,
  composed: NewRequest,
  hop: Hop,
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
      source: hop,
      stickyHop: command.nextHop === '' ? undefined : hop,
    },
    state.timing,
  );
  dialog.remoteTarget = composed.request.uri;
  state.dialogs.add(dialog);
  return dialog;
}
