import { newBranch } from '../../message/identifiers.js';
import { firstHeader, hasHeader, headerList, removeHeader } from '../../message/headers.js';
import { parseNameAddr } from '../../message/name-addr.js';
import { setHeader } from '../../message/headers.js';
import type {
  HeaderField,
  Listener,
  SipMessage,
  SipRequest,
  SipResponse,
} from '../../message/sip-message.js';
import { splitOutside } from '../../message/text.js';
import { bareHost, parseUri } from '../../message/uri.js';
import { hostPort, ownVia, transportParam } from '../../transport/own-address.js';

/** What a proxy changes of a request that it sends on. */
export interface Forwarding {
  readonly request: SipRequest;
  readonly uri: string;
  /** The socket it came by, and the one it leaves by. */
  readonly takenBy: Listener;
  readonly leavesBy: Listener;
  readonly recordRoute: boolean;
  readonly headers: readonly HeaderField[];
  readonly ours: readonly Listener[];
}

/** The copy of a request for one destination (RFC 3261 §16.6). */
export function forwardedRequest(parts: Forwarding): SipRequest {
  const { request, leavesBy } = parts;
  const copy: SipRequest = { ...request, uri: parts.uri, headers: [...request.headers] };
  const hops = Number(firstHeader(request, 'Max-Forwards') ?? 71);
  setHeader(copy, 'Max-Forwards', String(hops - 1));
  leaveOutOurRoutes(copy, parts.ours);
  for (const { name, value } of parts.headers) setHeader(copy, name, value);
  if (parts.recordRoute) stayInPath(copy, parts);
  copy.headers.unshift({ name: 'Via', value: ownVia(leavesBy, newBranch()) });
  return copy;
}

/** A response on its way back: without our Via, which led it here (RFC 3261 §16.7 step 3). */
export function forwardedResponse(response: SipResponse): SipResponse {
  const headers = [...response.headers];
  const at = headers.findIndex(({ name }) => name === 'Via');
  const others = splitOutside(headers[at]?.value ?? '', ',')?.slice(1) ?? [];
  if (others.length === 0) headers.splice(at, 1);
  else headers[at] = { name: 'Via', value: others.join(', ') };
  return { ...response, headers };
}

/** The hop next to us towards the callee, in the Record-Route of its response; none: the callee. */
export function routeTowardsCallee(
  response: SipMessage,
  ours: readonly Listener[],
): readonly string[] {
  const routes = headerList(response, 'Record-Route') ?? [];
  const at = routes.findIndex((route) => isOurs(route, ours));
  return routes.slice(Math.max(at - 1, 0), Math.max(at, 0));
}

/** Whether a URI or address names one of our sockets. */
export function isOurs(text: string, ours: readonly Listener[]): boolean {
  const uri = parseUri(parseNameAddr(text)?.uri ?? text);
  if (uri?.kind !== 'sip') return false;
  const host = bareHost(uri.host).toLowerCase();
  const port = uri.port ?? 5060;
  return ours.some((one) => {
    return one.port === port && (one.address === host || one.externalAddress === host);
  });
}

/** RFC 3261 §16.4: what names us has led the request here and is done with. */
function leaveOutOurRoutes(request: SipRequest, ours: readonly Listener[]): void {
  const routes = headerList(request, 'Route') ?? [];
  const foreign = routes.findIndex((route) => !isOurs(route, ours));
  const rest = foreign < 0 ? [] : routes.slice(foreign);
  if (rest.length === routes.length) return;
  removeHeader(request, 'Route');
  for (const value of rest) request.headers.push({ name: 'Route', value });
}

/** One entry for each side when they do not meet at the same socket (RFC 5658). */
function stayInPath(copy: SipRequest, { takenBy, leavesBy }: Forwarding): void {
  const [name, sides] =
    copy.method === 'REGISTER'
      ? ['Path', [leavesBy]]
      : ['Record-Route', takenBy === leavesBy ? [leavesBy] : [leavesBy, takenBy]];
  const entries = sides.map((side) => {
    return { name, value: `<sip:${hostPort(side)}${transportParam(side)};lr>` };
  });
  copy.headers.unshift(...entries);
  // RFC 3327 §5.1: a registrar that ignored it would never find the phone again.
  if (name === 'Path' && !hasHeader(copy, 'Require')) {
    copy.headers.push({ name: 'Require', value: 'path' });
  }
}
