import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { CallId } from '../domain/records/leg-record.js';
import type { SessionId } from '../domain/sessions/session.js';
import { answers } from './answers.js';
import { tenantIn } from './auth-hook.js';
import type { HttpDeps } from './deps.js';
import { pageOf } from './paging.js';
import { ApiProblem } from './problems.js';
import * as schemas from './schemas.js';
import { callView, legView } from './views.js';

const tags = ['calls'];

export function callRoutes(instance: FastifyInstance, { house }: HttpDeps): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/calls',
    {
      schema: {
        operationId: 'listCalls',
        summary: 'List calls, newest first',
        tags,
        querystring: schemas.listCallsQuery,
        response: answers(
          { 200: schemas.page(schemas.call).describe('Calls, the newest first.') },
          [],
        ),
      },
    },
    async (request) => {
      const { limit, after, session_id } = request.query;
      const tenant = tenantIn(request);
      return pageOf(
        limit,
        after,
        (count, before) =>
          house.records.list({
            tenant,
            limit: count,
            ...(session_id !== undefined && { sessionId: session_id as SessionId }),
            ...(before !== undefined && { before: before as CallId }),
          }),
        (call) => call.callId,
        callView,
      );
    },
  );

  app.get(
    '/calls/:id/legs',
    {
      schema: {
        operationId: 'listLegs',
        summary: 'Read the legs of a call, one record each',
        tags,
        params: schemas.idParams,
        response: answers(
          {
            200: z
              .object({ data: z.array(schemas.leg) })
              .describe('All legs of the call, in the order they began.'),
          },
          ['unknown-call'],
        ),
      },
    },
    async (request) => {
      const legs = await house.records.legsOf(tenantIn(request), request.params.id as CallId);
      if (legs.length === 0) throw new ApiProblem('unknown-call');
      return { data: legs.map(legView) };
    },
  );
}
