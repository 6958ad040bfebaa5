import { parseNameAddr } from './name-addr.js';
import type { HeaderField, SipRequest } from './sip-message.js';
import { parseUri } from './uri.js';

/** What a dialog knows of itself and its peer (RFC 3261 §12). */
export interface DialogParties {
  readonly callId: string;
  /** From and To of our requests, tags included. */
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly remoteTarget: string | undefined;
  readonly routeSet: readonly string[];
}

/** The parts of an in-dialog request that the dialog itself does not know. */
export interface RequestParts {
  readonly method: string;
  readonly sequence: number;
  readonly via: string;
  readonly uri?: string | undefined;
  readonly headers: readonly HeaderField[];
  readonly body: Buffer;
}

/** A request to the peer as RFC 3261 §12.2.1.1 builds it. */
export function inDialogRequest(dialog: DialogParties, parts: RequestParts): SipRequest {
  const target = parts.uri ?? dialog.remoteTarget ?? '';
  const { uri, routes } = routed(target, dialog.routeSet);
  return {
    kind: 'request',
    method: parts.method,
    uri,
    headers: [
      { name: 'Via', value: parts.via },
      ...routes.map((value) => ({ name: 'Route', value })),
      { name: 'Max-Forwards', value: '70' },
      { name: 'From', value: dialog.localAddress },
      { name: 'To', value: dialog.remoteAddress },
      { name: 'Call-ID', value: dialog.callId },
      { name: 'CSeq', value: `${parts.sequence} ${parts.method}` },
      ...parts.headers,
    ],
    body: parts.body,
  };
}

/** A first hop without `lr` is a strict router: it wants to be the Request-URI itself. */
function routed(
  target: string,
  routeSet: readonly string[],
): { uri: string; routes: readonly string[] } {
  const first = parseNameAddr(routeSet[0] ?? '');
  if (first === undefined || isLoose(first.uri)) return { uri: target, routes: routeSet };
  return { uri: first.uri, routes: [...routeSet.slice(1), `<${target}>`] };
}

function isLoose(uri: string): boolean {
  const parsed = parseUri(uri);
  return parsed?.kind === 'sip' && parsed.params.has('lr');
}
