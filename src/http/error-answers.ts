import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify';
import { RecordingFileError } from '../flows/ports/recording-files.js';
import { StoreError } from '../flows/ports/store-error.js';
import type { Log } from '../flows/ports/telemetry.js';
import { VaultError } from '../flows/ports/vault.js';
import { RecordingProblem } from '../flows/recordings/recording-problem.js';
import { CallProblem } from '../flows/call-problem.js';
import { SessionProblem } from '../flows/session-problem.js';
import { ApiProblem, problem, retryAfter, type Problem, type ProblemCode } from './problems.js';

const PROBLEM_JSON = 'application/problem+json';

export function answerProblem(reply: FastifyReply, body: Problem): FastifyReply {
  const seconds = retryAfter(body.code);
  if (seconds !== undefined) reply.header('retry-after', seconds);
  // RFC 6750 §3: tells the client how to authenticate.
  if (body.status === 401) reply.header('www-authenticate', 'Bearer realm="callveil"');
  // Serialised here: no route schema may drop or refuse a field of an error.
  return reply
    .code(body.status)
    .type(PROBLEM_JSON)
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send(body);
}

/** The one place where a thrown error becomes an answer; its text never gets out. */
export function errorHandler(log: Log) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const told = problemOf(error);
    if (told.status >= 500) {
      log.error('HTTP request failed.', {
        requestId: request.id,
        code: told.code,
        err: error instanceof Error ? error : new Error('something was thrown that is no Error'),
      });
    }
    return answerProblem(reply, told);
  };
}

/** A problem of the catalogue under its own name. */
const hasCode = (error: unknown): error is CallProblem | RecordingProblem =>
  error instanceof CallProblem || error instanceof RecordingProblem;

/** By what a library says of its errors: the status, and the code where one status has two causes. */
function problemOf(error: unknown): Problem {
  if (error instanceof ApiProblem) return problem(error.code, error.errors);
  if (error instanceof SessionProblem) {
    return problem(error.code, [
      { field: FIELDS[error.field] ?? error.field, message: error.message },
    ]);
  }
  if (hasCode(error)) return problem(error.code);
  const failure = FAILURES.find(([kind]) => error instanceof kind);
  if (failure !== undefined) return problem(failure[1]);
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return problem((typeof status === 'number' ? BY_STATUS[status] : undefined) ?? 'internal-error');
}

/** What of ours did not answer. */
const FAILURES = [
  [RecordingFileError, 'recording-storage'],
  [StoreError, 'store-unavailable'],
  [VaultError, 'vault-unavailable'],
] as const;

/** Where the API's name of a field is not the flow's. */
const FIELDS: Readonly<Record<string, string>> = { ttlSeconds: 'ttl' };

const BY_STATUS: Readonly<Record<number, ProblemCode>> = {
  // Fastify's own 400 for a body is always its JSON; bad URLs come through frameworkErrors.
  400: 'malformed-json',
  404: 'not-found',
  408: 'request-timeout',
  413: 'body-too-large',
  414: 'malformed-http',
  415: 'unsupported-media-type',
};

/** For what is not even HTTP, so that no request object exists: answered on the bare socket. */
export const answerBareSocket: NonNullable<FastifyServerOptions['clientErrorHandler']> = (
  error,
  socket,
) => {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const body = problem(BY_PARSER_CODE[error.code] ?? 'malformed-http');
  const text = JSON.stringify(body);
  if (socket.writable) {
    socket.write(
      `HTTP/1.1 ${body.status} ${STATUS_CODES[body.status] ?? ''}\r\n` +
        `Content-Type: ${PROBLEM_JSON}\r\nContent-Length: ${Buffer.byteLength(text)}\r\n` +
        `Connection: close\r\n\r\n${text}`,
    );
  }
  socket.destroySoon();
};

const BY_PARSER_CODE: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
};
