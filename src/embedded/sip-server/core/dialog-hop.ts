import type { Dialog } from '../dialog/dialog.js';
import type { Destination } from '../dns/server-locator.js';
import { parseNameAddr } from '../message/name-addr.js';
import type { Hop } from '../message/sip-message.js';
import { destinationOf, isNumeric, isPrivate } from './next-hop.js';

/** What is known of the other end, in a dialog of ours or one that we proxy. */
export type Party = Pick<Dialog, 'routeSet' | 'remoteTarget' | 'source' | 'stickyHop'>;

/**
 * Where the requests of a dialog go. A Contact that names another host than the one the peer's
 * packets come from is either behind a NAT or a lie, so the packets' source wins; a Record-Route
 * is followed, unless it names a private host to someone who is not on a private network.
 */
export function dialogHop(dialog: Party, connected: (hop: Hop) => boolean): Destination {
  const [firstRoute] = dialog.routeSet;
  if (firstRoute !== undefined) return viaRoute(firstRoute, dialog.source, connected);
  if (dialog.stickyHop !== undefined) return dialog.stickyHop;
  const target = destinationOf(dialog.remoteTarget ?? '');
  if (typeof target === 'string') return dialog.source;
  if (dialog.source.protocol !== 'udp') return streamOr(target, dialog.source, connected);
  return target.address.toLowerCase() === dialog.source.address.toLowerCase()
    ? target
    : dialog.source;
}

/**
 * Over a stream the one that is open is the way back (RFC 5923 in spirit). Once it has closed nobody
 * listens on the port it came from, and the Contact is all there is; for a browser not even that.
 */
function streamOr(target: Destination, source: Hop, connected: (hop: Hop) => boolean): Destination {
  const calls = source.protocol === 'ws' || source.protocol === 'wss';
  if (calls || connected(source) || !isNumeric(target)) return source;
  const reachable = isPrivate(source.address) || !isPrivate(target.address);
  if (!reachable) return source;
  // The peer is who it was: a Contact by address still has to be answered for by name.
  return source.domain === undefined ? target : { ...target, domain: source.domain };
}

function viaRoute(route: string, source: Hop, connected: (hop: Hop) => boolean): Destination {
  const hop = destinationOf(parseNameAddr(route)?.uri ?? '');
  if (typeof hop === 'string') return source;
  const unreachable = isNumeric(hop) && isPrivate(hop.address) && !isPrivate(source.address);
  if (unreachable) return source;
  const same = hop.protocol === source.protocol && hop.address === source.address;
  return same && source.protocol !== 'udp' && connected(source) ? source : hop;
}
