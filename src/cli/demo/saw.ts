import type { TraceEntry } from '../../phones/trace.js';
import { SipText } from '../../phones/message.js';

/** The fields in which identity usually shows, in the order of the table. */
export const IDENTITY_FIELDS = [
  'From',
  'To',
  'Contact',
  'P-Asserted-Identity',
  'Remote-Party-ID',
  'Privacy',
  'Call-ID',
  'Via',
  'SDP o=',
  'SDP c=',
] as const;

export type IdentityField = (typeof IDENTITY_FIELDS)[number];
export type Saw = Readonly<Record<IdentityField, string | null>>;

/** The identity fields of one message; null where it has none. */
function identityOf(message: SipText): Saw {
  const sdpLine = (letter: string): string | null =>
    new RegExp(`^${letter}=(.*?)\r?$`, 'm').exec(message.body)?.[1] ?? null;
  const entries = IDENTITY_FIELDS.map((field) => {
    if (field === 'SDP o=') return [field, sdpLine('o')];
    if (field === 'SDP c=') return [field, sdpLine('c')];
    return [field, message.has(field) ? message.all(field).join(', ') : null];
  });
  return Object.fromEntries(entries) as Saw;
}

function messages(entries: readonly TraceEntry[], direction: TraceEntry['direction']): SipText[] {
  return entries.filter((each) => each.direction === direction).map((e) => new SipText(e.bytes));
}

/** What the caller's phone wrote into its INVITE. */
export function callerSent(entries: readonly TraceEntry[]): Saw | null {
  const invite = messages(entries, 'sent').find((each) => each.method === 'INVITE');
  return invite === undefined ? null : identityOf(invite);
}

/** What the callee's phone saw when the call came in; null when no call came in. */
export function calleeSaw(entries: readonly TraceEntry[]): Saw | null {
  const invite = messages(entries, 'received').find((each) => !each.isResponse);
  return invite === undefined ? null : identityOf(invite);
}

/** What the caller's phone saw of its callee: in the answer, or else in the last response. */
export function callerSaw(entries: readonly TraceEntry[]): Saw | null {
  const responses = messages(entries, 'received').filter(
    (each) => each.isResponse && each.method === 'INVITE',
  );
  const shown = responses.find((each) => each.status === 200) ?? responses.at(-1);
  return shown === undefined ? null : identityOf(shown);
}
