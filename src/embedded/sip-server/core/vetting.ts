import { cseqOf } from '../message/cseq.js';
import { firstHeader } from '../message/headers.js';
import type { HeaderField, SipRequest } from '../message/sip-message.js';
import { parseSeconds, parseSessionExpires, tokensOf } from '../message/tokens.js';
import { parseUri } from '../message/uri.js';
import { allow } from './refuse.js';
import type { OwnStatus } from '../message/responses.js';

/** An answer that the engine gives without asking any application. */
export interface Refusal {
  readonly status: OwnStatus;
  readonly headers?: readonly HeaderField[];
}

const knownMethods = new Set(allow.value.split(', '));
/** Option tags of what the engine does by itself (RFC 3262, RFC 4028). */
const knownExtensions = new Set(['100rel', 'timer']);
/** Only inside a dialog do these mean anything (RFC 3261 §15, RFC 3262, RFC 3311). */
const dialogMethods = new Set(['BYE', 'UPDATE', 'PRACK']);
/** Met outside a dialog too, but only where an application has asked for them. */
const mostlyDialogMethods = new Set(['INFO', 'NOTIFY']);

/** RFC 3261 §8.2 and §16.3: what is wrong with any request, in a dialog or not. */
export function vet(request: SipRequest): Refusal | undefined {
  if (!knownMethods.has(request.method)) return { status: 501, headers: [allow] };
  if (cseqOf(request) === undefined) return { status: 400 };
  if (Number(firstHeader(request, 'Max-Forwards')) === 0) return { status: 483 };
  const uri = parseUri(request.uri);
  // RFC 3261 §19.1.1: a Request-URI has no headers, and what came so must go no further.
  if (uri === undefined || (uri.kind === 'sip' && uri.headers.length > 0)) return { status: 400 };
  // A service URN names whom to call as well as a number does (RFC 5031): the application knows how.
  return uri.kind === 'other' && uri.scheme !== 'urn' ? { status: 416 } : undefined;
}

/** What to answer to a request outside any dialog that no application has asked for. */
export function unroutedAnswer(request: SipRequest, anyApp: boolean): Refusal {
  const { method } = request;
  if (method === 'OPTIONS') return refuseExtensions(request) ?? { status: 200, headers: [allow] };
  if (dialogMethods.has(method) || mostlyDialogMethods.has(method)) return { status: 481 };
  if (method === 'INVITE' || !anyApp) return { status: 503 };
  return { status: 405, headers: [allow] };
}

/** RFC 3261 §8.2.2.3: what the engine answers itself must not require more than it understands. */
function refuseExtensions(request: SipRequest): Refusal | undefined {
  const required = tokensOf(request, 'Require');
  if (required === undefined) return { status: 400 };
  const unknown = required.filter((option) => !knownExtensions.has(option.toLowerCase()));
  if (unknown.length === 0) return undefined;
  return { status: 420, headers: [{ name: 'Unsupported', value: unknown.join(', ') }] };
}

export function needsDialog(method: string): boolean {
  return dialogMethods.has(method);
}

/** RFC 4028 §9: a UAC that knows session timers is told the least we accept. */
export function refuseShortSession(request: SipRequest, minSeconds: number): Refusal | undefined {
  const offered = firstHeader(request, 'Session-Expires');
  if (offered === undefined) return undefined;
  const seconds = parseSessionExpires(offered)?.seconds;
  if (seconds === undefined) return { status: 400 };
  const understands = tokensOf(request, 'Supported')?.includes('timer') === true;
  if (seconds >= minSeconds || !understands) return undefined;
  const theirs = parseSeconds(firstHeader(request, 'Min-SE') ?? '') ?? 0;
  const least = Math.max(minSeconds, theirs);
  return { status: 422, headers: [{ name: 'Min-SE', value: String(least) }] };
}
