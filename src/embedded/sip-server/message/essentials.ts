import { cseqOf } from './cseq.js';
import { contactsOf, partyOf } from './name-addr.js';
import { firstHeader } from './headers.js';
import type { HeaderField, SipMessage, SipRequest } from './sip-message.js';
import { parseDecimal } from './text.js';
import { topVia } from './via.js';

// A bar is in no `word` and no `token` (RFC 3261 §25.1). Other strange characters in a Call-ID or tag
// are let through, but where messages are handed on a bar separates the dialog's id from what follows.

/** Fields every message has exactly once (RFC 3261 §8.1.1); long and compact count together. */
const exactlyOnce = ['From', 'To', 'Call-ID', 'CSeq'] as const;

/**
 * What is wrong with a message whose form is right, as a reason phrase, or undefined. Only what
 * every message must have is looked at here; the rest is read when it is needed.
 */
export function checkEssentials(message: SipMessage): string | undefined {
  for (const name of exactlyOnce) {
    const count = countOf(message.headers, name);
    if (count !== 1) return count === 0 ? `Missing ${name}` : `Repeated ${name}`;
  }
  if (topVia(message) === undefined) return 'Missing Or Malformed Via';
  const callId = firstHeader(message, 'Call-ID') ?? '';
  if (callId === '' || /[ \t|]/.test(callId)) return 'Malformed Call-ID';
  return checkCSeq(message) ?? (message.kind === 'request' ? checkRequest(message) : undefined);
}

/** RFC 3261 §8.1.1.5: the method of CSeq must be that of the request. */
function checkCSeq(message: SipMessage): string | undefined {
  const cseq = cseqOf(message);
  if (cseq === undefined) return 'Malformed CSeq';
  if (message.kind === 'request' && cseq.method !== message.method) return 'CSeq Method Mismatch';
  return undefined;
}

function checkRequest(request: SipRequest): string | undefined {
  for (const name of ['From', 'To'] as const) {
    const address = partyOf(request, name);
    if (address === undefined || address.params.get('tag')?.includes('|') === true) {
      return `Malformed ${name}`;
    }
  }
  return checkMaxForwards(request) ?? checkContact(request);
}

/** RFC 3261 §20.22: 0 to 255. Without one we take it for 70, as §16.3 step 3 does. */
function checkMaxForwards(request: SipRequest): string | undefined {
  const count = countOf(request.headers, 'Max-Forwards');
  if (count === 0) return undefined;
  if (count > 1) return 'Repeated Max-Forwards';
  const hops = parseDecimal(firstHeader(request, 'Max-Forwards') ?? '', 255);
  return hops === undefined ? 'Malformed Max-Forwards' : undefined;
}

/** RFC 3261 §8.1.1.8: an INVITE says where the dialog it opens is to be continued. */
function checkContact(request: SipRequest): string | undefined {
  const contacts = contactsOf(request);
  if (contacts === undefined) return 'Malformed Contact';
  if (request.method !== 'INVITE') return undefined;
  return contacts === '*' || contacts.length !== 1 ? 'INVITE Needs One Contact' : undefined;
}

function countOf(headers: readonly HeaderField[], name: string): number {
  let count = 0;
  for (const field of headers) if (field.name === name) count += 1;
  return count;
}
