import swagger from '@fastify/swagger';
import fastify, { type FastifyInstance } from 'fastify';
import { jsonSchemaTransform, serializerCompiler } from 'fastify-type-provider-zod';
import { AllowedMethods } from './allowed-methods.js';
import { requireToken } from './auth-hook.js';
import { callControlRoutes } from './call-control-routes.js';
import { callRoutes } from './call-routes.js';
import type { HttpDeps } from './deps.js';
import { answerBareSocket, answerProblem, errorHandler } from './error-answers.js';
import { healthRoutes } from './health-routes.js';
import { readJsonOnly } from './json-body.js';
import { openApiInfo, withUsedSchemas } from './openapi.js';
import { problem } from './problems.js';
import { recordingRoutes } from './recording-routes.js';
import { logRequests } from './request-log.js';
import { sessionRoutes } from './session-routes.js';
import { validatorCompiler } from './validation.js';

const BODY_LIMIT = 64 * 1024;
/** A request is small; who needs longer to send one holds a connection for its own sake. */
const REQUEST_TIMEOUT_MS = 15_000;

/** The API of docs/openapi.json, ready for `listen` or `inject`. */
export function buildHttp(deps: HttpDeps): FastifyInstance {
  const log = deps.house.log.child({ component: 'http' });
  const onError = errorHandler(log);
  const app = fastify({
    logger: false,
    genReqId: () => deps.house.ids.next('req'),
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // Fastify's own 503 is no problem+json; open requests are finished when we close.
    return503OnClosing: false,
    clientErrorHandler: answerBareSocket,
    // No hook runs for what has no route, such as a path that cannot be decoded.
    frameworkErrors: (_, request, reply) => {
      reply.header('x-request-id', request.id);
      void answerProblem(reply, problem('malformed-http'));
    },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(onError);
  readJsonOnly(app);
  logRequests(app, log);
  app.decorateRequest('tenant', undefined);
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
  answerUnmatched(app);

  void app.register(swagger, {
    openapi: openApiInfo(deps.version),
    transform: jsonSchemaTransform,
    transformObject: withUsedSchemas,
  });
  void app.register((scope, _, done) => {
    healthRoutes(scope, deps);
    done();
  });
  void app.register(
    (scope, _, done) => {
      requireToken(scope, deps.tokens);
      sessionRoutes(scope, deps);
      callRoutes(scope, deps);
      callControlRoutes(scope, deps);
      recordingRoutes(scope, deps);
      done();
    },
    { prefix: '/v1' },
  );
  return app;
}

/** Tells a wrong method from a wrong path (RFC 9110 §15.5.6). */
function answerUnmatched(app: FastifyInstance): void {
  const allowed = new AllowedMethods();
  app.addHook('onRoute', ({ url, method }) => {
    allowed.add(url, [method].flat());
  });
  app.setNotFoundHandler((request, reply) => {
    const [path = ''] = request.url.split('?', 1);
    const methods = allowed.at(path);
    if (methods.length === 0 || methods.includes(request.method)) {
      return answerProblem(reply, problem('not-found'));
    }
    reply.header('allow', methods.join(', '));
    return answerProblem(reply, problem('method-not-allowed'));
  });
}
