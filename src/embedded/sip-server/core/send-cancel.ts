import { newUuid } from '../message/identifiers.js';
import { serialize } from '../message/serialize.js';
import type { HeaderField, SipRequest } from '../message/sip-message.js';
import type { App } from '../wire/app.js';
import type { RequestCommand } from '../wire/command.js';
import { sentRequestOutcome } from '../wire/meta.js';
import type { CoreState } from './state.js';

/** What a CANCEL takes from its INVITE or must not carry (RFC 3261 §9.1). */
const notInCancel = new Set([
  ...['Via', 'Route', 'Record-Route', 'From', 'To', 'Call-ID', 'CSeq', 'Contact', 'Max-Forwards'],
  ...['P-Asserted-Identity', 'Content-Length', 'Content-Type', 'RSeq', 'Require', 'Proxy-Require'],
]);

/** An application gives up an INVITE; no response to the CANCEL itself is ever reported. */
export function sendCancel(state: CoreState, app: App, command: RequestCommand): void {
  const invite = state.outbound.get(command.transactionId);
  const cancel = invite?.app === app ? invite.cancel(extraHeaders(command.request)) : undefined;
  if (invite === undefined || cancel === undefined) {
    const why = `unable to cancel unknown transaction id: ${command.transactionId}`;
    app.reply(command.id, `NOK|${why}`);
    return;
  }
  const bytes = serialize(cancel);
  app.reply(command.id, sentRequestOutcome(bytes.length, invite.hop, newUuid()), bytes);
}

function extraHeaders(request: SipRequest): HeaderField[] {
  return request.headers.filter((field) => !notInCancel.has(field.name));
}
