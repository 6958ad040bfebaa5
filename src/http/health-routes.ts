import type { FastifyInstance } from 'fastify';
import { answerProblem } from './error-answers.js';
import type { HttpDeps } from './deps.js';
import { problem } from './problems.js';
import { notReady } from './readiness.js';

const hidden = { schema: { hide: true } };

/** For the machinery around us: no token, and nothing about any party. */
export function healthRoutes(app: FastifyInstance, { state, metrics }: HttpDeps): void {
  app.get('/livez', hidden, () => ({ status: 'alive' }));

  app.get('/readyz', hidden, (_, reply) => {
    const reasons = notReady(state());
    return reasons.length === 0
      ? reply.send({ status: 'ready' })
      : answerProblem(reply, problem('not-ready', reasons));
  });

  app.get('/metrics', hidden, async (_, reply) =>
    reply.type(metrics.contentType).send(await metrics.render()),
  );

  app.get('/openapi.json', hidden, () => app.swagger());
}
