import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { CallId } from '../domain/records/leg-record.js';
import type { Recording } from '../domain/recordings/recording.js';
import type { RecordingId } from '../domain/recordings/recording-id.js';
import type { SessionId } from '../domain/sessions/session.js';
import { toRfc3339 } from '../domain/time.js';
import { orderRecording } from '../flows/recordings/order-recording.js';
import {
  deleteRecording,
  findRecording,
  openRecording,
  type Asker,
  type OpenRecording,
} from '../flows/recordings/kept-recordings.js';
import { answers } from './answers.js';
import { tenantIn } from './auth-hook.js';
import { byteRange } from './byte-range.js';
import type { HttpDeps } from './deps.js';
import { pageOf } from './paging.js';
import { ApiProblem } from './problems.js';
import { orderBody, recording, type RecordingView } from './recording-schemas.js';
import * as schemas from './schemas.js';

const tags = ['recordings'];

export function recordingRoutes(app: FastifyInstance, deps: HttpDeps): void {
  listRoute(app, deps);
  readRoute(app, deps);
  mediaRoute(app, deps);
  deleteRoute(app, deps);
  orderRoute(app, deps);
}

const asker = (request: FastifyRequest): Asker => ({
  tenant: tenantIn(request),
  requestId: request.id,
});

function listRoute(app: FastifyInstance, { recordings }: HttpDeps): void {
  const schema = {
    operationId: 'listRecordings',
    summary: 'List recordings, newest first',
    tags,
    querystring: schemas.listRecordingsQuery,
    response: answers({ 200: schemas.page(recording) }, []),
  };
  app.withTypeProvider<ZodTypeProvider>().get('/recordings', { schema }, async (request) => {
    const { limit, after, call_id, session_id } = request.query;
    const filter = {
      tenant: tenantIn(request),
      ...(call_id !== undefined && { callId: call_id as CallId }),
      ...(session_id !== undefined && { sessionId: session_id as SessionId }),
    };
    return pageOf(
      limit,
      after,
      (count, before) =>
        recordings.store.list({
          ...filter,
          limit: count,
          ...(before !== undefined && { before: before as RecordingId }),
        }),
      ({ id }) => id,
      recordingView,
    );
  });
}

function readRoute(app: FastifyInstance, { recordings }: HttpDeps): void {
  const schema = {
    operationId: 'getRecording',
    summary: 'Read what is known of a recording',
    tags,
    params: schemas.idParams,
    response: answers({ 200: recording }, ['unknown-recording']),
  };
  app.withTypeProvider<ZodTypeProvider>().get('/recordings/:id', { schema }, async (request) => {
    const id = request.params.id as RecordingId;
    return recordingView(await findRecording(recordings, tenantIn(request), id));
  });
}

function mediaRoute(app: FastifyInstance, { recordings }: HttpDeps): void {
  const wav = { description: 'WAV, 16 bit, 8 kHz, two channels.', content: { 'audio/wav': {} } };
  const schema = {
    operationId: 'getRecordingMedia',
    summary: 'Hear a recording',
    description: 'Unsealed as it is sent; a Range of bytes may be asked for. Each is noted.',
    tags,
    params: schemas.idParams,
    response: {
      200: { ...wav, content: { 'audio/wav': { schema: z.string() } } },
      206: { ...wav, content: { 'audio/wav': { schema: z.string() } } },
      ...answers({}, [
        ...(['unknown-recording', 'recording-unfinished', 'recording-gone'] as const),
        ...(['recording-damaged', 'range-not-satisfiable'] as const),
      ]),
    },
  };
  app
    .withTypeProvider<ZodTypeProvider>()
    .get('/recordings/:id/media', { schema }, async (request, reply) => {
      const id = request.params.id as RecordingId;
      const open = await openRecording(recordings, asker(request), id);
      return await sendAudio(reply, id, open, request.headers.range);
    });
}

/** What cannot be proved on the way breaks off: the client sees fewer bytes than Content-Length. */
async function sendAudio(
  reply: FastifyReply,
  id: RecordingId,
  open: OpenRecording,
  header: string | undefined,
): Promise<FastifyReply> {
  const range = byteRange(header, open.size);
  if (range === 'unsatisfiable') {
    await open.close();
    reply.header('content-range', `bytes */${open.size}`);
    throw new ApiProblem('range-not-satisfiable');
  }
  const { from, to } = range ?? { from: 0, to: open.size - 1 };
  if (range) reply.code(206).header('content-range', `bytes ${from}-${to}/${open.size}`);
  const audio = Readable.from(open.read(from, to), { objectMode: false });
  // Also of a client that went away before the first byte.
  audio.once('close', () => void open.close());
  return await reply
    .type('audio/wav')
    .header('content-length', to - from + 1)
    .header('content-disposition', `attachment; filename="${id}.wav"`)
    .header('accept-ranges', 'bytes')
    .header('cache-control', 'no-store')
    .serializer((payload: unknown) => payload as string)
    .send(audio);
}

function deleteRoute(app: FastifyInstance, { recordings }: HttpDeps): void {
  const schema = {
    operationId: 'deleteRecording',
    summary: 'Remove the audio of a recording',
    description: 'What is known of it stays, as deleted. Deleting twice changes nothing.',
    tags,
    params: schemas.idParams,
    response: answers({ 204: z.undefined().describe('It is gone.') }, [
      ...(['unknown-recording', 'recording-unfinished', 'recording-storage'] as const),
    ]),
  };
  app
    .withTypeProvider<ZodTypeProvider>()
    .delete('/recordings/:id', { schema }, async (request, reply) => {
      await deleteRecording(recordings, asker(request), request.params.id as RecordingId);
      return reply.code(204).send(undefined);
    });
}

function orderRoute(app: FastifyInstance, { calls, house }: HttpDeps): void {
  const schema = {
    operationId: 'orderRecording',
    summary: 'Start, pause, resume or stop the recording of a live call',
    description: 'While it is paused silence is recorded. A start after a stop is a new recording.',
    tags,
    params: schemas.idParams,
    body: orderBody,
    response: answers({ 200: recording }, [
      ...(['unknown-call', 'recording-off', 'not-agreed', 'too-early', 'call-over'] as const),
      ...(['already-recording', 'not-recording', 'already-paused', 'not-paused'] as const),
      ...(['emergency-call', 'not-recorded', 'must-record', 'malformed-json'] as const),
      'unsupported-media-type',
    ]),
  };
  app
    .withTypeProvider<ZodTypeProvider>()
    .post('/calls/:id/recording', { schema }, async (request) => {
      const callId = request.params.id as CallId;
      const order = { tenant: tenantIn(request), callId, action: request.body.action };
      return recordingView(await orderRecording(order, { ...house, calls }));
    });
}

function recordingView(of: Recording): RecordingView {
  return {
    id: of.id,
    call_id: of.callId,
    session_id: of.sessionId ?? null,
    case_reference: of.caseReference ?? null,
    agent_reference: of.agentReference ?? null,
    proxy_numbers: [...of.dids],
    tags: [...of.tags],
    consent: { a: of.consent.a ?? null, b: of.consent.b ?? null },
    started_by: of.startedBy,
    status: of.status,
    reason: of.reason ?? null,
    started_at: toRfc3339(of.startedAt),
    ended_at: of.endedAt === undefined ? null : toRfc3339(of.endedAt),
    duration_ms: of.duration ?? null,
    size_bytes: of.size ?? null,
    channels: 2,
  };
}
