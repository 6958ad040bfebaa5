import { cseqOf } from '../message/cseq.js';
import { firstHeader } from '../message/headers.js';
import { tagOf } from '../message/name-addr.js';
import type { SipRequest, SipResponse } from '../message/sip-message.js';
import { magicCookie, topVia } from '../message/via.js';

/**
 * What makes two requests the same one (RFC 3261 §17.2.3): branch, sent-by and method, where an
 * ACK counts as its INVITE. Undefined when the top Via cannot be read.
 */
export function serverKey(request: SipRequest, method = request.method): string | undefined {
  const via = topVia(request);
  if (via === undefined) return undefined;
  const counted = method === 'ACK' ? 'INVITE' : method;
  const sentBy = `${via.host.toLowerCase()}:${via.port ?? ''}`;
  // The cookie alone names no transaction (RFC 4475 §3.2.1).
  const branch = via.branch ?? '';
  const unique = branch.length > magicCookie.length;
  if (unique && branch.toLowerCase().startsWith(magicCookie.toLowerCase())) {
    // Joined, it is a text of its own: put together it would hold on to the whole message.
    return [branch, sentBy, counted].join('|');
  }
  return olderKey(request, sentBy, counted);
}

/**
 * RFC 2543 callers have no unique branch. The To tag is left out, because an ACK carries ours and
 * its INVITE did not; the rest still names one transaction.
 */
function olderKey(request: SipRequest, sentBy: string, method: string): string {
  const callId = firstHeader(request, 'Call-ID') ?? '';
  const sequence = cseqOf(request)?.sequence ?? '';
  return `2543|${callId}|${tagOf(request, 'From') ?? ''}|${sequence}|${sentBy}|${method}`;
}

/** RFC 3261 §17.1.3: a response belongs to the request with its branch and CSeq method. */
export function clientKey(branch: string, method: string): string {
  return `${branch}|${method}`;
}

export function clientKeyOf(response: SipResponse): string | undefined {
  const branch = topVia(response)?.branch;
  const method = cseqOf(response)?.method;
  return branch === undefined || method === undefined ? undefined : clientKey(branch, method);
}
