import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { CallId } from '../domain/records/leg-record.js';
import { controlCall, type CallControl } from '../flows/call-control.js';
import type { Side } from '../flows/steps/media-path.js';
import { answers } from './answers.js';
import { tenantIn } from './auth-hook.js';
import type { HttpDeps } from './deps.js';
import { emptyBody, idParams } from './schemas.js';

const tags = ['calls'];
const done = z.undefined().describe('Done.');

/** As in the records: `a` is the caller's leg, `b` the callee's. */
const leg = z.enum(['a', 'b']).describe('`a`: the caller. `b`: the callee.');
const sideOf = (of: z.infer<typeof leg>): Side => (of === 'a' ? 'caller' : 'callee');

const muteBody = z.strictObject({ leg, muted: z.boolean() }).meta({ id: 'Mute' });

const dtmfBody = z
  .strictObject({
    leg,
    digits: z
      .string()
      .regex(/^[0-9*#A-D]{1,32}$/, 'must be 1 to 32 of 0-9 * # A-D')
      .describe('1 to 32 of 0-9 * # A-D; in the log they are not seen.'),
  })
  .meta({ id: 'Dtmf' });

/** Orders to a live call. */
export function callControlRoutes(instance: FastifyInstance, deps: HttpDeps): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  hangUpRoute(app, deps);
  muteRoute(app, deps);
  dtmfRoute(app, deps);
}

const wanted = (
  request: FastifyRequest<{ Params: { id: string } }>,
  { house, calls }: HttpDeps,
): Promise<CallControl> =>
  controlCall(tenantIn(request), request.params.id as CallId, { records: house.records, calls });

const LIVE = ['unknown-call', 'call-over', 'too-early', 'emergency-call'] as const;
const JSON_BODY = ['malformed-json', 'unsupported-media-type'] as const;

function hangUpRoute(app: FastifyInstance, deps: HttpDeps): void {
  const schema = {
    operationId: 'hangUpCall',
    summary: 'Hang up a live call',
    description: 'Both parties are hung up, or are not called any more while it rings.',
    tags,
    params: idParams,
    body: emptyBody,
    response: answers({ 204: done }, LIVE),
  };
  app
    .withTypeProvider<ZodTypeProvider>()
    .post('/calls/:id/hang-up', { schema }, async (request, reply) => {
      const call = await wanted(request, deps);
      call.hangUp();
      return reply.code(204).send(undefined);
    });
}

function muteRoute(app: FastifyInstance, deps: HttpDeps): void {
  const schema = {
    operationId: 'muteCall',
    summary: 'Mute a party of a live call, or let it be heard again',
    description: 'What the party hears does not change. Needs anchored media.',
    tags,
    params: idParams,
    body: muteBody,
    response: answers({ 204: done }, [...LIVE, 'media-not-anchored', 'media-failed', ...JSON_BODY]),
  };
  app
    .withTypeProvider<ZodTypeProvider>()
    .post('/calls/:id/mute', { schema }, async (request, reply) => {
      const call = await wanted(request, deps);
      await call.mute(sideOf(request.body.leg), request.body.muted);
      return reply.code(204).send(undefined);
    });
}

function dtmfRoute(app: FastifyInstance, deps: HttpDeps): void {
  const schema = {
    operationId: 'sendDtmf',
    summary: 'Send digits to a party of a live call',
    description: 'By RFC 4733 where media is anchored, else by INFO (application/dtmf-relay).',
    tags,
    params: idParams,
    body: dtmfBody,
    response: answers({ 204: done }, [...LIVE, 'digits-refused', 'media-failed', ...JSON_BODY]),
  };
  app
    .withTypeProvider<ZodTypeProvider>()
    .post('/calls/:id/dtmf', { schema }, async (request, reply) => {
      const call = await wanted(request, deps);
      await call.sendDigits(sideOf(request.body.leg), request.body.digits);
      return reply.code(204).send(undefined);
    });
}
