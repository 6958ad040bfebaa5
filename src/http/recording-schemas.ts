import { z } from 'zod';
import { CONSENT_OUTCOMES } from '../domain/consent/outcome.js';

const time = z.string().describe('RFC 3339 in UTC, with milliseconds.');
const consent = z.enum(CONSENT_OUTCOMES).nullable();

export const recording = z
  .object({
    id: z.string(),
    call_id: z.string(),
    session_id: z.string().nullable(),
    case_reference: z.string().nullable().describe('Your reference of the session.'),
    agent_reference: z.string().nullable().describe('Your reference of the party behind the PBX.'),
    proxy_numbers: z.array(z.string()).describe('The DIDs that the parties dialed and saw.'),
    tags: z.array(z.string()),
    consent: z
      .object({ a: consent, b: consent })
      .describe('What the caller (a) and the callee (b) have said.'),
    started_by: z.enum(['policy', 'api', 'digits']),
    status: z.enum(['recording', 'paused', 'processing', 'available', 'failed', 'deleted']),
    reason: z.string().nullable().describe('Why it ended or failed; null while it runs.'),
    started_at: time,
    ended_at: time.nullable(),
    duration_ms: z.int().nullable().describe('Of the audio, once available.'),
    size_bytes: z.int().nullable().describe('Of the WAV file, once available.'),
    channels: z.literal(2).describe('Left: what the caller says. Right: what the caller hears.'),
  })
  .meta({ id: 'Recording' });

export type RecordingView = z.infer<typeof recording>;

export const orderBody = z
  .strictObject({ action: z.enum(['start', 'pause', 'resume', 'stop']) })
  .meta({ id: 'RecordingOrder' });
