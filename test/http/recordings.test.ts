import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Recording } from '../../src/domain/recordings/recording.js';
import { seconds } from '../../src/domain/time.js';
import type { CallRecorder } from '../../src/flows/recordings/call-recorder.js';
import { RecordingProblem } from '../../src/flows/recordings/recording-problem.js';
import { recording } from '../support/recordings.js';
import { toneWav } from '../support/wav.js';
import { legRecord, testApi, TOKENS, type TestApi } from './support.js';

const WAV = toneWav(5000, [440, 1000]);

let api: TestApi;
beforeEach(() => {
  api = testApi();
});

/** A recording that is sealed and available, as a call leaves it. */
async function available(change: Partial<Recording> = {}): Promise<Recording> {
  const one = await api.kept.left(WAV, { status: 'processing', reason: 'call-ended', ...change });
  const queue = api.kept.queue();
  queue.put(one, true);
  await queue.close();
  return await api.kept.find(one.id);
}

const media = (id: string): string => `/v1/recordings/${id}/media`;
const problem = async (...args: Parameters<TestApi['request']>): Promise<unknown[]> => {
  const answer = await api.request(...args);
  return [answer.statusCode, answer.json<{ code: string }>().code];
};

describe('GET /v1/recordings', () => {
  it('shows what is known of each, newest first, and where there are more', async () => {
    const first = await available({ agentReference: 'agent-9' });
    const second = await api.kept.left(undefined);
    const page = (await api.request('GET', '/v1/recordings?limit=1')).json<{ next: string }>();
    expect(page).toMatchObject({ data: [{ id: second.id, status: 'recording' }], has_more: true });
    const rest = await api.request('GET', `/v1/recordings?after=${page.next}`);
    expect(rest.json()).toEqual({
      data: [
        {
          id: first.id,
          call_id: first.callId,
          session_id: null,
          case_reference: 'case-7',
          agent_reference: 'agent-9',
          proxy_numbers: [...first.dids],
          tags: ['support'],
          consent: { a: 'announced', b: null },
          started_by: 'policy',
          status: 'available',
          reason: 'call-ended',
          started_at: '2026-12-01T09:00:00.000Z',
          ended_at: null,
          duration_ms: 5000,
          size_bytes: WAV.length,
          channels: 2,
        },
      ],
      has_more: false,
      next: null,
    });
  });

  it('finds those of one call', async () => {
    const one = await available();
    await available();
    const answer = await api.request('GET', `/v1/recordings?call_id=${one.callId}`);
    expect(answer.json<{ data: { id: string }[] }>().data.map(({ id }) => id)).toEqual([one.id]);
  });
});

describe('GET /v1/recordings/{id}/media', () => {
  it('sends the WAV file, unsealed, under the name of the recording, and notes it', async () => {
    const { id } = await available();
    const answer = await api.request('GET', media(id));
    expect(answer.statusCode).toBe(200);
    expect(answer.rawPayload.equals(WAV)).toBe(true);
    expect(answer.headers).toMatchObject({
      'content-type': 'audio/wav',
      'content-length': String(WAV.length),
      'content-disposition': `attachment; filename="${id}.wav"`,
      'cache-control': 'no-store',
    });
    expect(api.audit).toMatchObject([{ action: 'recording-downloaded', recordingId: id }]);
  });

  it.each([
    ['bytes=0-43', 0, 43],
    ['bytes=65530-65545', 65_530, 65_545],
    ['bytes=160000-', 160_000, WAV.length - 1],
    ['bytes=-10', WAV.length - 10, WAV.length - 1],
  ])('sends the part that %s asks for', async (range, from, to) => {
    const { id } = await available();
    const answer = await api.request('GET', media(id), { headers: { range } });
    expect(answer.statusCode).toBe(206);
    expect(answer.headers['content-range']).toBe(`bytes ${from}-${to}/${WAV.length}`);
    expect(answer.rawPayload.equals(WAV.subarray(from, to + 1))).toBe(true);
  });

  it('says how long it is to whoever asks for what comes after', async () => {
    const { id } = await available();
    const answer = await api.request('GET', media(id), { headers: { range: 'bytes=999999-' } });
    expect(answer.statusCode).toBe(416);
    expect(answer.headers['content-range']).toBe(`bytes */${WAV.length}`);
  });

  it('leaves no file open, whatever part was asked for', async () => {
    const { id } = await available();
    const { sealed } = api.kept.house;
    const open = sealed.open.bind(sealed);
    let [opened, closed] = [0, 0];
    sealed.open = async (...args) => {
      const file = await open(...args);
      opened += 1;
      return { ...file, close: () => file.close().then(() => void (closed += 1)) };
    };
    for (const range of ['bytes=999999-', 'bytes=0-99', '']) {
      await api.request('GET', media(id), { headers: { range } });
    }
    await expect.poll(() => [opened, closed]).toEqual([3, 3]);
  });

  it('is for the token of its tenant alone, as if there were none for others', async () => {
    const { id } = await available();
    for (const url of [media(id), `/v1/recordings/${id}`]) {
      const other = await problem('GET', url, { token: TOKENS.umbrella });
      expect(other).toEqual([404, 'unknown-recording']);
      expect(await problem('GET', url, { token: undefined })).toEqual([401, 'unauthorized']);
    }
    expect(await problem('DELETE', `/v1/recordings/${id}`, { token: TOKENS.umbrella })).toEqual([
      404,
      'unknown-recording',
    ]);
    expect(existsSync(api.kept.sealedPathOf(await api.kept.find(id)))).toBe(true);
    expect(api.audit).toEqual([]);
  });

  it('has nothing before the end of a recording, nor of one that failed', async () => {
    const running = await api.kept.left(WAV);
    expect(await problem('GET', media(running.id))).toEqual([409, 'recording-unfinished']);
    const failed = await api.kept.left(undefined, { status: 'failed', reason: 'no-audio' });
    expect(await problem('GET', media(failed.id))).toEqual([410, 'recording-gone']);
  });

  const damages: readonly (readonly [string, (file: Buffer, other: Buffer) => Buffer])[] = [
    ['cut short', (file) => file.subarray(0, 48 + 65_552)],
    ['swapped with another', (_, other) => other],
    ['changed at its end', (file) => ((file[file.length - 20]! ^= 4), file)],
  ];
  it.each(damages)('sends nothing of a file that was %s', async (_, damage) => {
    const [one, other] = [await available(), await available()];
    const path = api.kept.sealedPathOf(one);
    writeFileSync(path, damage(readFileSync(path), readFileSync(api.kept.sealedPathOf(other))));
    expect(await problem('GET', media(one.id))).toEqual([500, 'recording-damaged']);
    expect(api.audit).toEqual([]);
  });

  it('breaks off before a byte that was changed on the way', async () => {
    const one = await available();
    const path = api.kept.sealedPathOf(one);
    const file = readFileSync(path);
    file[48 + 65_552 + 100]! ^= 1;
    writeFileSync(path, file);
    await expect(api.request('GET', media(one.id))).rejects.toThrow();
  });
});

describe('DELETE /v1/recordings/{id}', () => {
  it('removes the audio, keeps what is known, and notes it once', async () => {
    const one = await available();
    for (let times = 0; times < 2; times += 1) {
      expect((await api.request('DELETE', `/v1/recordings/${one.id}`)).statusCode).toBe(204);
    }
    expect(existsSync(api.kept.sealedPathOf(one))).toBe(false);
    expect((await api.request('GET', `/v1/recordings/${one.id}`)).json()).toMatchObject({
      status: 'deleted',
      case_reference: 'case-7',
    });
    expect(await problem('GET', media(one.id))).toEqual([410, 'recording-gone']);
    expect(api.audit).toMatchObject([{ action: 'recording-deleted', recordingId: one.id }]);
  });

  it('leaves alone what still runs', async () => {
    const running = await api.kept.left(WAV);
    expect(await problem('DELETE', `/v1/recordings/${running.id}`)).toEqual([
      409,
      'recording-unfinished',
    ]);
    expect(existsSync(api.kept.pathOf(running.id))).toBe(true);
  });
});

describe('POST /v1/calls/{id}/recording', () => {
  const order = (callId: string, more: object = {}): Promise<unknown[]> =>
    problem('POST', `/v1/calls/${callId}/recording`, { body: { action: 'pause' }, ...more });

  it('tells what is wrong with the call before it tells of its recording', async () => {
    expect(await order('call_nobody')).toEqual([404, 'unknown-call']);
    const over = legRecord(api);
    await api.store.records.start(over);
    expect(await order(over.callId)).toEqual([409, 'call-over']);
    const live = legRecord(api, { endedAt: undefined });
    await api.store.records.start(live);
    expect(await order(live.callId)).toEqual([409, 'recording-off']);
    expect(await order(live.callId, { token: TOKENS.umbrella })).toEqual([404, 'unknown-call']);
    const shout = { body: { action: 'shout' } };
    expect(await order(live.callId, shout)).toEqual([400, 'invalid-request']);
  });

  it('answers the recording as it stands then, or why it does not', async () => {
    api = testApi((deps) => ({
      ...deps,
      house: {
        ...deps.house,
        directory: {
          ...deps.house.directory,
          tenant: (id) => {
            const one = deps.house.directory.tenant(id);
            return one && { ...one, recording: { ...one.recording, mode: 'on-demand' } };
          },
        },
      },
    }));
    const live = legRecord(api, { endedAt: undefined });
    await api.store.records.start(live);
    expect(await order(live.callId)).toEqual([409, 'too-early']);
    let refusing = false;
    const pause = (): Promise<Recording> =>
      refusing
        ? Promise.reject(new RecordingProblem('must-record'))
        : Promise.resolve(
            recording({ callId: live.callId, status: 'paused', duration: seconds(1) }),
          );
    // An order of the API asks nothing else of a recorder.
    api.goesOn({ id: live.callId, recorder: { pause } as unknown as CallRecorder });
    const answer = await api.request('POST', `/v1/calls/${live.callId}/recording`, {
      body: { action: 'pause' },
    });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ call_id: live.callId, status: 'paused' });
    refusing = true;
    expect(await order(live.callId)).toEqual([409, 'must-record']);
  });
});
