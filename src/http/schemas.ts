import { z } from 'zod';
import { CONSENT_OUTCOMES } from '../domain/consent/outcome.js';

/** The shapes of the API: requests are strict, answers carry only what is declared here. */

const KINDS = ['session', 'case', 'customer', 'agent', 'static'] as const;
const STATUSES = ['open', 'closed', 'expired'] as const;
const ULID = '[0-9A-HJKMNP-TV-Z]{26}';

const time = z.string().describe('RFC 3339 in UTC, with milliseconds.');
const proxyNumber = z.string().describe('The DID that this party dials and sees, in E.164.');

/** Personal data that is taken in and never given out again. */
const secret = (text: string): z.ZodString =>
  z.string().min(1).max(320).describe(text).meta({ writeOnly: true, 'x-pii': true });

const reference = z
  .string()
  .max(128)
  .describe('Your own id, such as an order or customer id; never a number.');

const participantInput = z
  .strictObject({
    number: secret(
      'Phone number of a participant reached by carrier: E.164, or the national form of the tenant’s country. Give this or `sip`.',
    ).optional(),
    sip: secret(
      'SIP address of record of a participant reached by the PBX, such as sip:1007@pbx.example. Give this or `number`.',
    ).optional(),
    reference: reference.optional(),
    pin: z
      .boolean()
      .default(false)
      .describe(
        'true: makes a PIN by which this participant is recognised on an unknown telephone. The answer tells it, once.',
      ),
  })
  .refine(({ number, sip }) => (number === undefined) !== (sip === undefined), {
    error: 'must have exactly one of number and sip',
  })
  .meta({ id: 'NewParticipant' });

export const openSessionBody = z
  .strictObject({
    kind: z
      .enum(KINDS)
      .default('session')
      .describe(
        'How long the relationship lives: `session` an hour unless `ttl` says otherwise, the others until closed.',
      ),
    reference: reference.optional(),
    ttl: z
      .int()
      .min(1)
      .optional()
      .describe('Lifetime in seconds; default: what the tenant has configured for the kind.'),
    participants: z
      .tuple([participantInput, participantInput])
      .describe('The two sides; each gets a proxy number of its own.'),
  })
  .meta({ id: 'OpenSession' });

/** Closing takes no arguments; a client library may still send `{}`. */
export const emptyBody = z.strictObject({}).optional();

const participant = z
  .object({
    id: z.string(),
    reference: z.string().nullable(),
    address: z.string().describe('Partial mask, such as +1•••••••234: numbers are write-only.'),
    reached_by: z.enum(['carrier', 'pbx']),
    proxy_number: proxyNumber,
    party_ref: z.string().describe('The vault’s pseudonym of the address.'),
  })
  .meta({ id: 'Participant' });

export const session = z
  .object({
    id: z.string(),
    kind: z.enum(KINDS),
    status: z.enum(STATUSES),
    reference: z.string().nullable(),
    created_at: time,
    expires_at: time.nullable().describe('null: lives until it is closed.'),
    closed_at: time.nullable().describe('When it was closed or expired.'),
    participants: z.array(participant),
  })
  .meta({ id: 'Session' });

/** As it is told once, when the session is opened. */
export const openedSession = session
  .extend({
    participants: z.array(
      participant.extend({
        pin: z
          .string()
          .optional()
          .describe('The PIN that was asked for; it is kept as a keyed hash and never told again.'),
      }),
    ),
  })
  .meta({ id: 'OpenedSession' });

const direction = z
  .enum(['from_carrier', 'from_pbx', 'from_api'])
  .describe('Who began the call; from_api: the API did, and leg a is whom we called first.');
const result = z.string().nullable().describe('Whose doing the ending was; null while it lasts.');
const reason = z
  .string()
  .nullable()
  .describe('A verdict of docs/verdicts.md; null while it lasts.');
const status = z.string().describe('Twilio’s words: initiated, ringing, in-progress, completed, …');

export const leg = z
  .object({
    leg_id: z.string(),
    call_id: z.string(),
    leg: z
      .enum(['a', 'b', 'ivr'])
      .describe(
        'a is the leg of the caller, or of whom we called first; b the callee’s; ivr the caller’s time with the IVR.',
      ),
    direction,
    session_id: z.string().nullable(),
    trunk: z.string().nullable(),
    party_ref: z.string().nullable(),
    proxy_number: proxyNumber.nullable(),
    remote_country: z.string().nullable(),
    sip_call_id: z
      .string()
      .describe('Call-ID of the dialog; digits that could be a number are masked.'),
    started_at: time,
    ringing_at: time.nullable(),
    answered_at: time.nullable(),
    ended_at: time.nullable(),
    duration_ms: z.int().nullable().describe('From start to end.'),
    billable_seconds: z.int().describe('From answer to end; started seconds count in full.'),
    status,
    ended_by: z.enum(['caller', 'callee', 'system']).nullable(),
    sip_status: z.int().nullable(),
    q850_cause: z.int().nullable(),
    result,
    reason,
    recording_id: z.string().nullable().describe('The newest recording of this leg.'),
    consent_outcome: z
      .enum(CONSENT_OUTCOMES)
      .nullable()
      .describe('What came of asking this party about recording; null when it was not asked.'),
    node: z.string(),
  })
  .meta({ id: 'Leg' });

export const call = z
  .object({
    id: z.string(),
    session_id: z.string().nullable(),
    direction,
    status,
    started_at: time,
    answered_at: time.nullable(),
    ended_at: time.nullable(),
    result,
    reason,
    legs: z.array(leg).describe('One record each, the caller’s first.'),
  })
  .meta({ id: 'Call' });

const CURSORS = { sess: 'session', call: 'call', rec: 'recording' } as const;

const cursor = (prefix: keyof typeof CURSORS): z.ZodString =>
  z.string().regex(new RegExp(`^${prefix}_${ULID}$`), `must be the id of a ${CURSORS[prefix]}`);

export const originateBody = z
  .strictObject({
    first: z.string().describe('Id of the participant who is called first; the other one follows.'),
  })
  .meta({ id: 'OriginateCall' });

const limit = z.coerce.number().int().min(1).max(100).default(50).describe('How many at most.');

export const listSessionsQuery = z.strictObject({
  limit,
  after: cursor('sess').optional().describe('`next` of the page before.'),
  status: z.enum(STATUSES).optional(),
  reference: z.string().max(128).optional(),
});

export const listCallsQuery = z.strictObject({
  limit,
  after: cursor('call').optional().describe('`next` of the page before.'),
  session_id: cursor('sess').optional().describe('Only calls through this session.'),
});

export const listRecordingsQuery = z.strictObject({
  limit,
  after: cursor('rec').optional().describe('`next` of the page before.'),
  call_id: cursor('call').optional().describe('Only recordings of this call.'),
  session_id: cursor('sess').optional().describe('Only recordings of calls through this session.'),
});

export const idParams = z.strictObject({ id: z.string() });

/** One page, newest first. */
export const page = <Item extends z.ZodType>(
  item: Item,
): z.ZodObject<{
  data: z.ZodArray<Item>;
  has_more: z.ZodBoolean;
  next: z.ZodNullable<z.ZodString>;
}> =>
  z.object({
    data: z.array(item),
    has_more: z.boolean(),
    next: z.string().nullable().describe('Give it as `after` for the next page; null on the last.'),
  });

export const problemBody = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('Stable; all codes are in docs/problems.md.'),
    detail: z.string(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })),
  })
  .meta({ id: 'Problem' });

export type OpenedSessionView = z.infer<typeof openedSession>;
export type SessionView = z.infer<typeof session>;
export type LegView = z.infer<typeof leg>;
export type CallView = z.infer<typeof call>;
