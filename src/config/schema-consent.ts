import { z } from 'zod';
import { CONSENT_MODES } from '../domain/consent/policy.js';

/** What parties are asked before their call is recorded, and what they hear. */

const region = z
  .string()
  .regex(
    /^[A-Z]{2}(-[A-Z]{2})?$/,
    'must be a country such as DE, or a state of the US such as US-CA',
  );
const mode = z.enum(CONSENT_MODES);
const digit = z.string().regex(/^[0-9*#]$/, 'must be one key of a telephone, in quotes');
const without = z.enum(['continue-unrecorded', 'end-call']);
const language = z.string().regex(/^[a-z]{2}$/, 'must be an ISO 639-1 code such as en');

const role = (who: string) =>
  z
    .strictObject({
      mode: mode
        .default('by-law')
        .describe(
          'off: nothing is said. announce: the party hears that the call is recorded. opt-out: and may say no with a digit. opt-in: must say yes with a digit. by-law: what the strictest law of the two parties’ regions asks for, and nothing where the call is not recorded.',
        ),
      regions: z
        .record(region, mode)
        .default({})
        .describe(
          'Other modes for regions, such as `US-CA: opt-in`; a state goes before its country. They count when either party is there.',
        ),
    })
    .prefault({})
    .describe(`What is asked of ${who}.`);

export const consent = z
  .strictObject({
    customer: role('who calls or is called from outside'),
    agent: role('the tenant’s own people, behind the PBX'),
    home: region
      .optional()
      .describe(
        'Where agents are who have no number of their own, such as US-NY; default: the tenant’s country.',
      ),
    accept_digit: digit.default('1').describe('Says yes, where a yes is asked for.'),
    decline_digit: digit.default('2').describe('Says no.'),
    retries: z
      .int()
      .min(0)
      .max(5)
      .default(1)
      .describe('How often a question is asked again after silence or another digit.'),
    timeout_seconds: z
      .int()
      .min(1)
      .max(30)
      .default(5)
      .describe('How long after the prompt an answer may take.'),
    on_refusal: without
      .default('continue-unrecorded')
      .describe('What becomes of the call when a party says no (verdict consent-refused).'),
    on_silence: without
      .default('continue-unrecorded')
      .describe(
        'What becomes of the call when a party does not answer an opt-in. Silence after an opt-out is an agreement.',
      ),
    language: language
      .optional()
      .describe('Language of the prompts; default: that of the party’s country, or English.'),
  })
  .prefault({})
  .describe('What is asked of each party before a call is recorded (docs/consent.md).');

export const prompts = z
  .strictObject({
    dir: z
      .string()
      .optional()
      .describe(
        'Directory of your own prompts, LANG/NAME.wav for all tenants or TENANT/LANG/NAME.wav for one: WAV, PCM of 16 bits, mono, 8 or 16 kHz. What is not in it is taken from those that come with Callveil (prompts/).',
      ),
    served_from: z
      .string()
      .startsWith('/', 'must be an absolute path')
      .optional()
      .describe(
        'Where media servers on other machines see the prompts: a copy of our prompts/ with yours over it. Default: at the same path as here.',
      ),
  })
  .prefault({})
  .describe('What Callveil says to callers.');
