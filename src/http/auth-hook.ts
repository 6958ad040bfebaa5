import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { TenantId } from '../domain/sessions/session.js';
import { tenantOf, type ApiToken } from './auth.js';
import { ApiProblem } from './problems.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The tenant whose token came with the request; undefined outside /v1. */
    tenant: TenantId | undefined;
  }
}

/** Every route of this scope needs a token. */
export function requireToken(scope: FastifyInstance, tokens: readonly ApiToken[]): void {
  scope.addHook('onRequest', (request, _, done) => {
    request.tenant = tenantOf(request.headers.authorization, tokens);
    done(request.tenant === undefined ? new ApiProblem('unauthorized') : undefined);
  });
}

/** The tenant that a request speaks for, and the only one whose data its handler may touch. */
export function tenantIn(request: Pick<FastifyRequest, 'tenant'>): TenantId {
  // A route that was put outside the scope by mistake must not run for nobody.
  if (request.tenant === undefined) throw new ApiProblem('unauthorized');
  return request.tenant;
}
