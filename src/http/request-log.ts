import type { FastifyInstance } from 'fastify';
import type { Log } from '../flows/ports/telemetry.js';

/**
 * One line a request: the route as it was declared and never the URL as it was sent, whose query
 * and path may hold anything; no header, no body.
 */
export function logRequests(app: FastifyInstance, log: Log): void {
  app.addHook('onResponse', (request, reply, done) => {
    const fields = {
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url ?? 'unmatched',
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime),
      tenant: request.tenant,
    };
    const message = 'HTTP request answered.';
    if (reply.statusCode === 401) log.warn(message, { ...fields, remote: request.ip });
    else if (request.routeOptions.schema?.hide === true) log.debug(message, fields);
    else log.info(message, fields);
    done();
  });
}
