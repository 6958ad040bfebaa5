import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import type { SessionId } from '../domain/sessions/session.js';
import { closeSession } from '../flows/close-session.js';
import { findSession, listSessions } from '../flows/find-session.js';
import { openSession, type OpenSessionInput } from '../flows/open-session.js';
import { answers } from './answers.js';
import { tenantIn } from './auth-hook.js';
import type { HttpDeps } from './deps.js';
import { pageOf } from './paging.js';
import * as schemas from './schemas.js';
import { openedSessionView, sessionView } from './views.js';

const tags = ['sessions'];

export function sessionRoutes(app: FastifyInstance, { house }: HttpDeps): void {
  openRoute(app, house);
  listRoute(app, house);
  readRoute(app, house);
  closeRoute(app, house);
}

function openRoute(app: FastifyInstance, house: HttpDeps['house']): void {
  const schema = {
    operationId: 'openSession',
    summary: 'Open a session',
    description:
      'Gives each participant a proxy number to dial and to see. Location names the session.',
    tags,
    body: schemas.openSessionBody,
    response: answers(
      {
        201: schemas.openedSession.describe(
          'The session is open; its proxy numbers can be dialed.',
        ),
      },
      [
        'malformed-json',
        ...([
          'unknown-tenant',
          'bad-ttl',
          'bad-reference',
          'bad-number',
          'bad-sip-address',
        ] as const),
        ...([
          'emergency-number',
          'participant-is-did',
          'participants-equal',
          'no-free-did',
        ] as const),
        ...(['body-too-large', 'unsupported-media-type', 'vault-unavailable'] as const),
      ],
    ),
  };
  app.withTypeProvider<ZodTypeProvider>().post('/sessions', { schema }, async (request, reply) => {
    const { kind, reference, ttl, participants } = request.body;
    const opened = await openSession(house, {
      tenant: tenantIn(request),
      kind,
      reference,
      ttlSeconds: ttl,
      participants: [participantInput(participants[0]), participantInput(participants[1])],
    });
    reply.header('location', `/v1/sessions/${opened.session.id}`);
    return reply.code(201).send(openedSessionView(opened));
  });
}

type Given = z.output<typeof schemas.openSessionBody>['participants'][number];

/** The schema has made sure that exactly one of the two is there. */
function participantInput({ number, sip, ...more }: Given): OpenSessionInput['participants'][0] {
  return number === undefined ? { sip: sip ?? '', ...more } : { number, ...more };
}

function listRoute(app: FastifyInstance, house: HttpDeps['house']): void {
  const schema = {
    operationId: 'listSessions',
    summary: 'List sessions, newest first',
    tags,
    querystring: schemas.listSessionsQuery,
    response: answers(
      { 200: schemas.page(schemas.session).describe('Sessions, the newest first.') },
      [],
    ),
  };
  app.withTypeProvider<ZodTypeProvider>().get('/sessions', { schema }, async (request) => {
    const { limit, after, status, reference } = request.query;
    const filter = {
      tenant: tenantIn(request),
      ...(status !== undefined && { status }),
      ...(reference !== undefined && { reference }),
    };
    return pageOf(
      limit,
      after,
      (count, before) =>
        listSessions(house, {
          ...filter,
          limit: count,
          ...(before !== undefined && { before: before as SessionId }),
        }),
      (session) => session.id,
      sessionView,
    );
  });
}

function readRoute(app: FastifyInstance, house: HttpDeps['house']): void {
  const schema = {
    operationId: 'getSession',
    summary: 'Read a session',
    tags,
    params: schemas.idParams,
    response: answers({ 200: schemas.session.describe('The session as it is now.') }, [
      'unknown-session',
    ]),
  };
  app.withTypeProvider<ZodTypeProvider>().get('/sessions/:id', { schema }, async (request) => {
    const id = request.params.id as SessionId;
    return sessionView(await findSession(house, tenantIn(request), id));
  });
}

function closeRoute(app: FastifyInstance, house: HttpDeps['house']): void {
  const schema = {
    operationId: 'closeSession',
    summary: 'Close a session',
    description: 'Its numbers lead nowhere from now on. Closing an ended session changes nothing.',
    tags,
    params: schemas.idParams,
    body: schemas.emptyBody,
    response: answers(
      { 200: schemas.session.describe('The session, closed; closing it again changes nothing.') },
      ['unknown-session'],
    ),
  };
  app
    .withTypeProvider<ZodTypeProvider>()
    .post('/sessions/:id/close', { schema }, async (request) => {
      const id = request.params.id as SessionId;
      return sessionView(await closeSession(house, tenantIn(request), id));
    });
}
