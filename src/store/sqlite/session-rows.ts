import type {
  Participant,
  PartyKey,
  PartyRef,
  Session,
  SessionId,
  SessionKind,
  SessionStatus,
  TenantId,
} from '../../domain/sessions/session.js';
import { caseNumberOf } from '../../domain/sessions/case-number.js';
import type { PinHash } from '../../domain/ivr/pin.js';
import { Columns } from './columns.js';

const KINDS: ReadonlySet<SessionKind> = new Set(['session', 'case', 'customer', 'agent', 'static']);
const STATUSES: ReadonlySet<SessionStatus> = new Set(['open', 'closed', 'expired']);
const WAYS: ReadonlySet<Participant['reachedBy']> = new Set(['carrier', 'pbx']);

/** The columns of a session in the order of the table, without `seq`. */
export const SESSION_COLUMNS = [
  ...['id', 'tenant', 'kind', 'reference', 'status', 'created_at', 'expires_at', 'closed_at'],
  ...['a', 'b'].flatMap((side) =>
    ['id', 'ref', 'key', 'mask', 'reached_by', 'reference', 'did', 'pin'].map(
      (part) => `${side}_${part}`,
    ),
  ),
  'case_number',
] as const;

/** @throws StoreError when the row is not what was written. */
export function sessionFrom(row: unknown): Session {
  const read = new Columns('sessions', row);
  return {
    id: read.id('id', 'sess') as SessionId,
    tenant: read.text('tenant') as TenantId,
    kind: read.oneOf('kind', KINDS),
    reference: read.optionalText('reference'),
    status: read.oneOf('status', STATUSES),
    createdAt: read.instant('created_at'),
    expiresAt: read.optionalInstant('expires_at'),
    closedAt: read.optionalInstant('closed_at'),
    participants: [participantFrom(read, 'a'), participantFrom(read, 'b')],
  };
}

function participantFrom(read: Columns, side: 'a' | 'b'): Participant {
  return {
    id: read.id(`${side}_id`, 'part'),
    partyRef: read.id(`${side}_ref`, 'pty') as PartyRef,
    partyKey: read.text(`${side}_key`) as PartyKey,
    partialMask: read.text(`${side}_mask`),
    reachedBy: read.oneOf(`${side}_reached_by`, WAYS),
    reference: read.optionalText(`${side}_reference`),
    proxyNumber: read.did(`${side}_did`),
    pin: read.optionalText(`${side}_pin`) as PinHash | undefined,
  };
}

/** The values of SESSION_COLUMNS. */
export function sessionValues(session: Session): (string | number | null)[] {
  return [
    session.id,
    session.tenant,
    session.kind,
    session.reference ?? null,
    session.status,
    session.createdAt,
    session.expiresAt ?? null,
    session.closedAt ?? null,
    ...session.participants.flatMap(participantValues),
    caseNumberOf(session.reference) ?? null,
  ];
}

function participantValues(participant: Participant): (string | null)[] {
  return [
    participant.id,
    participant.partyRef,
    participant.partyKey,
    participant.partialMask,
    participant.reachedBy,
    participant.reference ?? null,
    participant.proxyNumber,
    participant.pin ?? null,
  ];
}
