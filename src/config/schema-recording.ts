import { z } from 'zod';

/** What tenants want recorded, and where recordings lie. */

const code = z
  .string()
  .regex(/^[0-9*#A-D]{2,8}$/, 'must be 2 to 8 keys of a telephone, in quotes, such as "*1"');
const tag = z
  .string()
  .regex(
    /^(?!.*\d{6})[A-Za-z][\w.:-]{0,63}$/,
    'must be a word of letters, digits, _ . : and -, with no more than five digits in a row',
  );

export const tenantRecording = z
  .strictObject({
    mode: z
      .enum(['off', 'on-demand', 'always'])
      .default('off')
      .describe(
        'off: no call is recorded. on-demand: from when API or digits ask for it. always: every call, from when both parties have been asked what `consent` wants asked until its end.',
      ),
    must_record: z
      .boolean()
      .default(false)
      .describe(
        'true: a call whose recording cannot run, or is lost, ends (verdict recording-failed), and nobody can stop it. false: the call goes on and the log tells.',
      ),
    max_seconds: z
      .int()
      .min(10)
      .max(86_400)
      .default(14_400)
      .describe('Longest single recording. With mode always the next one follows at once.'),
    tags: z
      .array(tag)
      .max(16)
      .default([])
      .describe('Words that go with every recording of this tenant.'),
    start_code: code
      .optional()
      .describe('Keys with which the agent starts a recording or goes on with a paused one.'),
    pause_code: code
      .optional()
      .describe('Keys with which the agent pauses: silence is recorded until it goes on.'),
    stop_code: code.optional().describe('Keys with which the agent ends a recording.'),
  })
  .prefault({})
  .describe('What is recorded, and who may start and pause it.');

export const recordings = z
  .strictObject({
    directory: z
      .string()
      .optional()
      .describe('Where sealed recordings lie; default: recordings in data_dir.'),
    media_directory: z
      .string()
      .optional()
      .describe(
        'Where the media server writes a recording while its call lasts, in plain; it is sealed and removed when the call has ended. A FreeSWITCH must reach it by the same path. Default: recordings-in-progress in data_dir.',
      ),
  })
  .prefault({})
  .describe('Files of recordings; both directories are made with mode 0700.');
