import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { CallId } from '../domain/records/leg-record.js';
import type { SessionId, TenantId } from '../domain/sessions/session.js';
import { answers } from './answers.js';
import { tenantIn } from './auth-hook.js';
import type { HttpDeps } from './deps.js';
import { pageOf } from './paging.js';
import { ApiProblem } from './problems.js';
import * as schemas from './schemas.js';
import type { CallView } from './schemas.js';
import { callView, legView } from './views.js';

const tags = ['calls'];

export function callRoutes(app: FastifyInstance, deps: HttpDeps): void {
  listRoutes(app, deps);
  readRoute(app, deps);
  originateRoute(app, deps);
}

function listRoutes(instance: FastifyInstance, { house }: HttpDeps): void {
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

function readRoute(app: FastifyInstance, { house }: HttpDeps): void {
  const schema = {
    operationId: 'getCall',
    summary: 'Read a call with its legs',
    tags,
    params: schemas.idParams,
    response: answers({ 200: schemas.call.describe('The call as it is now.') }, ['unknown-call']),
  };
  app.withTypeProvider<ZodTypeProvider>().get('/calls/:id', { schema }, async (request) => {
    const callId = request.params.id as CallId;
    return await callNow(house, tenantIn(request), callId);
  });
}

function originateRoute(app: FastifyInstance, deps: HttpDeps): void {
  const schema = {
    operationId: 'originateCall',
    summary: 'Call both participants of a session',
    description:
      'Calls the first one; who answers hears that the other one is called, then ringback. Both see their proxy numbers. Answers when the first is about to be called; Location names the call. Repeating the request is another call.',
    tags,
    params: schemas.idParams,
    body: schemas.originateBody,
    response: answers({ 201: schemas.call.describe('The call has begun.') }, [
      ...(['malformed-json', 'unknown-session', 'unknown-tenant', 'session-not-open'] as const),
      ...(['unknown-participant', 'emergency-refused', 'overloaded', 'draining'] as const),
      ...(['sip-engine-lost', 'no-route', 'vault-unavailable'] as const),
      ...(['body-too-large', 'unsupported-media-type'] as const),
    ]),
  };
  app
    .withTypeProvider<ZodTypeProvider>()
    .post('/sessions/:id/calls', { schema }, async (request, reply) => {
      const tenant = tenantIn(request);
      const session = request.params.id as SessionId;
      const id = await deps.originate({ tenant, session, first: request.body.first });
      reply.header('location', `/v1/calls/${id}`);
      return reply.code(201).send(await callNow(deps.house, tenant, id));
    });
}

async function callNow(
  { records }: HttpDeps['house'],
  tenant: TenantId,
  callId: CallId,
): Promise<CallView> {
  const view = callView({ callId, legs: await records.legsOf(tenant, callId) });
  if (view === undefined) throw new ApiProblem('unknown-call');
  return view;
}
