import type { Dialog } from '../dialog/dialog.js';
import { inDialogRequest } from '../message/in-dialog-request.js';
import { newBranch } from '../message/identifiers.js';
import type { HeaderField, Hop, SipRequest } from '../message/sip-message.js';
import { dialogHop } from './dialog-hop.js';
import { ownVia } from '../transport/own-address.js';
import type { CoreState } from './state.js';

/** What the sender of an in-dialog request decides. */
export interface InDialogParts {
  readonly method: string;
  /** Of an ACK its INVITE's, of a digest retry the application's; otherwise the next one. */
  readonly sequence?: number | undefined;
  /** Instead of the remote target. */
  readonly uri?: string | undefined;
  readonly headers?: readonly HeaderField[];
  readonly body?: Buffer;
}

const nothing = Buffer.alloc(0);

/**
 * Builds a request to the dialog's peer and hands it over with its targets, at once unless a name
 * has to be looked up; there are none when it cannot be found.
 */
export function composeInDialog(
  state: CoreState,
  dialog: Dialog,
  parts: InDialogParts,
  ready: (request: SipRequest, targets: readonly Hop[]) => void,
): void {
  const sequence =
    parts.method === 'ACK' ? (parts.sequence ?? 0) : dialog.nextSequence(parts.sequence);
  const wanted = dialogHop(dialog, (hop) => state.transport.connected(hop));
  state.locator.locate(wanted, (targets) => {
    const [hop = dialog.source] = targets;
    const listener = state.transport.listenerFor(hop) ?? state.transport.listeners[0];
    if (listener === undefined) return;
    const request = inDialogRequest(dialog, {
      method: parts.method,
      sequence,
      uri: parts.uri,
      via: ownVia(listener, newBranch()),
      headers: parts.headers ?? [],
      body: parts.body ?? nothing,
    });
    ready(request, targets);
  });
}
