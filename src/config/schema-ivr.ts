import { z } from 'zod';

/** What callers are offered whose call leads nowhere. */

const outcome = z.enum(['refuse', 'ivr']).default('refuse');
const whole = (least: number, most: number) => z.int().min(least).max(most);

export const ivr = z
  .strictObject({
    expired: outcome.describe(
      'A caller whose session on the dialed DID has expired. refuse: verdict session-expired. ivr: the call is answered and led.',
    ),
    closed: outcome.describe('The same for a session that was closed; verdict session-closed.'),
    unknown: outcome.describe(
      'A caller who has no session on the dialed DID of this tenant, or withholds the number; verdict unknown-caller.',
    ),
    find_by: z
      .array(z.enum(['caller', 'case', 'pin']))
      .min(1)
      .default(['caller', 'case'])
      .describe(
        'How a session is found. caller: the ended session of this very caller and DID. case: a case number (the digits of the session’s reference, 4 to 20), then the PIN of one of its participants. pin: a PIN alone, of whoever has that DID; wants pin_digits of 8 or more.',
      ),
    case_number_suffices: z
      .boolean()
      .default(false)
      .describe(
        'true: no PIN is asked for. Whoever knows or guesses a case number then reaches the other party.',
      ),
    reopen: z
      .enum(['never', 'expired', 'ended'])
      .default('never')
      .describe(
        'Whether a session that is found and has ended is opened again for the call. expired: only one whose time had passed. ended: also one that was closed.',
      ),
    reopen_within_seconds: whole(60, 31_536_000)
      .default(2_592_000)
      .describe(
        'How long after its end a session may be reopened: numbers get other owners. Default: 30 days.',
      ),
    reopen_seconds: whole(60, 31_536_000)
      .default(3600)
      .describe('How long a reopened session lives.'),
    operator: z
      .string()
      .optional()
      .describe(
        'SIP address on the PBX that takes callers who are not found, such as sip:queue@pbx.example; it sees the dialed DID. Default: they hear a goodbye (verdict ivr-gave-up).',
      ),
    tries: whole(1, 5).default(3).describe('How often one call may try.'),
    attempts_per_caller: whole(1, 100)
      .default(3)
      .describe(
        'Wrong PINs or case numbers after which a caller is locked (verdict ivr-locked). Callers who withhold their number count as one. Counted by each node, until it restarts.',
      ),
    attempts_per_did: whole(1, 1000)
      .default(20)
      .describe('The same for all callers of one DID together: caller numbers can be forged.'),
    lock_seconds: whole(10, 86_400)
      .default(900)
      .describe('How long a lock lasts, and how long after the last wrong one it is forgotten.'),
    pin_digits: whole(4, 12).default(6).describe('Length of the PINs that the API makes.'),
    language: z
      .string()
      .regex(/^[a-z]{2}$/, 'must be an ISO 639-1 code such as en')
      .optional()
      .describe('Language of the prompts; default: that of the caller’s country, or English.'),
    first_digit_seconds: whole(1, 60)
      .default(8)
      .describe('How long after a prompt the first digit may take.'),
    next_digit_seconds: whole(1, 30).default(4).describe('How long each further digit may take.'),
  })
  .prefault({})
  .describe(
    'Late callbacks: what callers hear whose session has ended, or who are unknown (docs/ivr.md).',
  );
