import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallId } from '../../../src/domain/records/leg-record.js';
import type { RecordingPolicy } from '../../../src/domain/recordings/recording-policy.js';
import type { RecordingId } from '../../../src/domain/recordings/recording-id.js';
import type { Recording } from '../../../src/domain/recordings/recording.js';
import { minutes, seconds } from '../../../src/domain/time.js';
import { MediaFailed, type MediaEndpoint } from '../../../src/flows/ports/media.js';
import { RecordingFileError } from '../../../src/flows/ports/recording-files.js';
import { StoreError } from '../../../src/flows/ports/store-error.js';
import type { LegUpdate } from '../../../src/flows/ports/records.js';
import { orderTo } from '../../support/recording-orders.js';
import { RecordStep } from '../../../src/flows/recordings/record-step.js';
import type { RecordingHouse } from '../../../src/flows/recordings/recording-house.js';
import type { SealingQueue } from '../../../src/flows/recordings/sealing-queue.js';
import type { AnsweredCall } from '../../../src/flows/talk-step.js';
import { recordingHouse, type TestRecordings } from '../../support/recording-house.js';
import { NOT_RECORDED } from '../../support/recordings.js';
import { ACME, didNo, draft, side } from '../../support/session-drafts.js';
import { tenant } from '../../support/session-house.js';
import { toneWav } from '../../support/wav.js';

const WAV = toneWav(1000, [440, 1000]);
const CALL = 'call_00000000000000000000000001' as CallId;
const DIGITS = { start: '*1', pause: '*2', stop: '*3' };

let at: TestRecordings;
let queue: SealingQueue;
beforeEach(() => {
  at = recordingHouse();
  queue = at.queue();
});
afterEach(async () => {
  await queue.close();
  at.close();
});

/** An endpoint that records a second of two tones, and does else what the test says. */
function endpoint(fails: Partial<Record<'record' | 'mask' | 'unmask' | 'stop', boolean>> = {}) {
  const said: string[] = [];
  let path = '';
  const does = (what: keyof typeof fails) => (): Promise<void> => {
    said.push(what);
    return fails[what] === true ? Promise.reject(new MediaFailed('gone')) : Promise.resolve();
  };
  const media = {
    record: async (to: string) => {
      path = to;
      await does('record')();
      writeFileSync(to, WAV);
      return { mask: does('mask'), unmask: does('unmask'), stop: does('stop') };
    },
  } as unknown as MediaEndpoint;
  return { media, said, fails, grow: () => appendFileSync(path, WAV.subarray(44)) };
}

interface Options {
  readonly policy?: Partial<RecordingPolicy>;
  readonly house?: Partial<RecordingHouse>;
  readonly consent?: AnsweredCall['consent'];
  readonly direction?: AnsweredCall['direction'];
}

/** A call that both have answered, in the hands of the step. */
async function answered(options: Options = {}) {
  const opened = await at.sessions.open(
    draft(
      { ...side('ann'), reference: 'customer-1' },
      { ...side('bob'), reachedBy: 'pbx', reference: 'agent-9' },
      { reference: 'case-7' },
    ),
  );
  if (!opened.ok) throw new Error('no session');
  const log: string[] = [];
  const known: [string, RecordingId | undefined][] = [];
  const hear = new Map<string, (digit: string) => void>();
  const ear = endpoint();
  const policy: RecordingPolicy = {
    ...NOT_RECORDED,
    mode: 'always',
    tags: ['support'],
    digits: DIGITS,
    ...options.policy,
  };
  const answers = {
    id: CALL,
    direction: options.direction ?? 'from_carrier',
    log: at.house.log,
    route: {
      tenant: tenant({ recording: policy }),
      sessionId: opened.session.id,
      trunk: { role: options.direction === 'from_pbx' ? 'carrier' : 'pbx' },
      shownToCaller: didNo(1),
      shownToCallee: didNo(2),
    },
    endpoints: { caller: ear.media, callee: endpoint().media },
    consent: 'consent' in options ? options.consent : { a: 'announced', b: 'opted-in' },
    know: (of: string, change: LegUpdate) => known.push([of, change.recordingId]),
    onDigit: (of: string, listener: (digit: string) => void) => {
      hear.set(of, listener);
      return () => hear.delete(of);
    },
    abort: (reason: string) => log.push(reason),
  };
  // A step looks at nothing else of a call.
  const call = answers as unknown as AnsweredCall;
  const step = new RecordStep({ ...at.house, ...options.house }, queue, at.sessions);
  return {
    step,
    call,
    ear,
    log,
    known,
    run: () => step.run(call, new AbortController().signal),
    dial: async (of: 'caller' | 'callee', digits: string) => {
      for (const digit of digits) hear.get(of)?.(digit);
      await turns();
    },
    rows: () => at.house.store.list({ tenant: ACME, limit: 100 }),
    order: (action: Parameters<typeof orderTo>[1]) => orderTo(call, action),
  };
}

/** The store, which takes no change while it is away. */
const storeThatIs = (away: () => boolean): RecordingHouse['store'] => ({
  ...at.house.store,
  advance: (...args) =>
    away() ? Promise.reject(new StoreError('busy', 'locked')) : at.house.store.advance(...args),
});

/** Long enough for the disk and for everything that waits for it. */
const turns = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 250));
const statuses = (rows: readonly Recording[]): string[] =>
  rows.map(({ status, reason }) => (reason === undefined ? status : `${status}, ${reason}`));

describe('a tenant that records always', () => {
  it('records before the parties hear each other, and tells of the call by references alone', async () => {
    const { run, rows, known, ear } = await answered();
    await run();
    const [row] = await rows();
    expect(row).toMatchObject({
      callId: CALL,
      caseReference: 'case-7',
      agentReference: 'agent-9',
      dids: [didNo(1), didNo(2)],
      tags: ['support'],
      consent: { a: 'announced', b: 'opted-in' },
      startedBy: 'policy',
      status: 'recording',
    });
    expect(ear.said).toEqual(['record']);
    expect(known).toEqual([
      ['caller', row!.id],
      ['callee', row!.id],
    ]);
  });

  it('has a sealed file when the call is over', async () => {
    const { run, step, call, rows, ear } = await answered();
    await run();
    await step.ended(call);
    expect(ear.said).toEqual(['record', 'stop']);
    await queue.close();
    const [row] = await rows();
    expect(statuses([row!])).toEqual(['available, call-ended']);
    expect((await at.unsealed(row!)).equals(WAV)).toBe(true);
    expect(existsSync(at.pathOf(row!.id))).toBe(false);
  });

  it('records nothing where a party did not agree', async () => {
    const { run, rows, ear, log, order } = await answered({ consent: undefined });
    await expect(order('start')).rejects.toMatchObject({ code: 'too-early' });
    await run();
    await expect(order('start')).rejects.toMatchObject({ code: 'not-agreed' });
    expect([await rows(), ear.said, log]).toEqual([[], [], []]);
  });

  it('ends the call instead where it must be recorded', async () => {
    const { run } = await answered({ consent: undefined, policy: { mustRecord: true } });
    await expect(run()).rejects.toMatchObject({ verdict: { reason: 'recording-failed' } });
  });

  it('goes on with a next recording when one is long enough', async () => {
    const { run, rows } = await answered({ policy: { maxDuration: minutes(1) } });
    await run();
    at.house.clock.advance(minutes(1));
    await turns();
    const [next, first] = await rows();
    expect(first).toMatchObject({ reason: 'max-duration' });
    expect(next).toMatchObject({ status: 'recording', startedBy: 'policy' });
  });
});

describe('a recording that cannot run', () => {
  const full = { fault: 'full' } as const;
  const losses: readonly (readonly [string, () => Options, boolean])[] = [
    ['because the media server refuses', () => ({}), true],
    [
      'because the disk is full',
      () => ({
        house: {
          raw: {
            ...at.house.raw,
            prepare: () => Promise.reject(new RecordingFileError(full.fault, 'no room')),
          },
        },
      }),
      false,
    ],
    [
      'because the store is away',
      () => ({
        house: {
          store: { ...at.house.store, add: () => Promise.reject(new StoreError('busy', 'locked')) },
        },
      }),
      false,
    ],
  ];

  it.each(losses)('%s leaves the call, and the log tells', async (_, loss, refuses) => {
    const { run, ear, log, rows } = await answered(loss());
    ear.fails.record = refuses;
    await run();
    expect(log).toEqual([]);
    expect(at.house.log.lines).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'Recording did not start' }),
    );
    for (const row of await rows()) expect(statuses([row])).toEqual(['failed, not-started']);
    expect(await at.house.raw.list()).toEqual([]);
  });

  it.each(losses)('%s ends a call that must be recorded', async (_, loss, refuses) => {
    const options = loss();
    const { run, ear } = await answered({ ...options, policy: { mustRecord: true } });
    ear.fails.record = refuses;
    await expect(run()).rejects.toMatchObject({ verdict: { reason: 'recording-failed' } });
  });

  it.each([true, false])(
    'because its file stops growing is ended, what is there is kept, and must_record %s decides',
    async (mustRecord) => {
      const { run, ear, log, rows } = await answered({ policy: { mustRecord } });
      await run();
      for (let look = 0; look < 3; look += 1) {
        ear.grow();
        at.house.clock.advance(seconds(5));
        await turns();
      }
      expect(statuses(await rows())).toEqual(['recording']);
      for (let look = 0; look < 2; look += 1) {
        at.house.clock.advance(seconds(5));
        await turns();
      }
      expect(log).toEqual(mustRecord ? ['recording-failed'] : []);
      await queue.close();
      expect(statuses(await rows())).toEqual(['available, not-growing']);
    },
  );

  it('is ended in its row as soon as the store is back', async () => {
    let away = true;
    const store = storeThatIs(() => away);
    await queue.close();
    queue = at.queue({ ...at.house, store });
    const { run, step, call, rows } = await answered();
    await run();
    await step.ended(call);
    away = false;
    at.house.clock.advance(seconds(30));
    await turns();
    await queue.close();
    expect(statuses(await rows())).toEqual(['available, call-ended']);
  });

  it('because media went away with the call has what reached the disk', async () => {
    const { run, step, call, ear, rows } = await answered();
    await run();
    ear.fails.stop = true;
    await step.ended(call);
    await queue.close();
    expect(statuses(await rows())).toEqual(['available, media-lost']);
  });
});

describe('an order', () => {
  it('starts, pauses, resumes and stops, and a start after that is a new recording', async () => {
    const { run, order, rows, ear } = await answered({ policy: { mode: 'on-demand' } });
    await run();
    expect(await rows()).toEqual([]);
    const first = await order('start');
    expect(first).toMatchObject({ status: 'recording', startedBy: 'api' });
    expect(await order('pause')).toMatchObject({ id: first.id, status: 'paused' });
    expect(await order('resume')).toMatchObject({ id: first.id, status: 'recording' });
    expect(await order('stop')).toMatchObject({ id: first.id, status: 'processing' });
    expect((await order('start')).id).not.toBe(first.id);
    expect(ear.said).toEqual(['record', 'mask', 'unmask', 'stop', 'record']);
  });

  it('that does not fit changes nothing', async () => {
    const { run, order, ear } = await answered({ policy: { mode: 'on-demand' } });
    await run();
    for (const action of ['pause', 'resume', 'stop'] as const) {
      await expect(order(action)).rejects.toMatchObject({ code: 'not-recording' });
    }
    await order('start');
    await expect(order('start')).rejects.toMatchObject({ code: 'already-recording' });
    await expect(order('resume')).rejects.toMatchObject({ code: 'not-paused' });
    await order('pause');
    await expect(order('pause')).rejects.toMatchObject({ code: 'already-paused' });
    expect(ear.said).toEqual(['record', 'mask']);
  });

  it('comes too late when the call is over', async () => {
    const { run, step, call, order } = await answered();
    await run();
    await step.ended(call);
    await expect(order('start')).rejects.toMatchObject({ code: 'call-over' });
  });

  it('to pause is obeyed also when it cannot be written, and to go on is not', async () => {
    let away = false;
    const store = storeThatIs(() => away);
    const { run, order, ear } = await answered({ house: { store } });
    await run();
    away = true;
    await expect(order('pause')).rejects.toThrow(StoreError);
    expect(ear.said).toEqual(['record', 'mask']);
    await expect(order('resume')).rejects.toThrow(StoreError);
    expect(ear.said).toEqual(['record', 'mask']);
    away = false;
    expect(await order('pause')).toMatchObject({ status: 'paused' });
    expect(await order('resume')).toMatchObject({ status: 'recording' });
    expect(ear.said).toEqual(['record', 'mask', 'unmask']);
  });

  it('cannot stop what must be recorded, but pause it', async () => {
    const { run, order } = await answered({ policy: { mustRecord: true } });
    await run();
    await expect(order('stop')).rejects.toMatchObject({ code: 'must-record' });
    expect(await order('pause')).toMatchObject({ status: 'paused' });
  });

  it('to pause that the media server refuses ends the recording, so that nothing is heard', async () => {
    const { run, order, ear, log, rows } = await answered({ policy: { mustRecord: true } });
    await run();
    ear.fails.mask = true;
    await expect(order('pause')).rejects.toMatchObject({ code: 'not-recorded' });
    expect(ear.said).toEqual(['record', 'mask', 'stop']);
    expect(log).toEqual(['recording-failed']);
    expect((await rows())[0]).toMatchObject({ reason: 'media-lost' });
  });
});

describe('the codes', () => {
  it('of the agent start, pause, go on and stop', async () => {
    const { run, dial, rows, ear } = await answered({ policy: { mode: 'on-demand' } });
    await run();
    for (const code of ['*1', '*2', '*1', '*3']) await dial('callee', code);
    expect(ear.said).toEqual(['record', 'mask', 'unmask', 'stop']);
    expect(await rows()).toMatchObject([{ startedBy: 'digits', reason: 'stopped' }]);
  });

  it('are heard of the agent only, on whichever side it is', async () => {
    const incoming = await answered({ policy: { mode: 'on-demand' } });
    await incoming.run();
    await incoming.dial('caller', '*1');
    expect(incoming.ear.said).toEqual([]);
    const outgoing = await answered({ policy: { mode: 'on-demand' }, direction: 'from_pbx' });
    await outgoing.run();
    await outgoing.dial('caller', '*1');
    await expect.poll(() => outgoing.ear.said).toEqual(['record']);
  });

  it('that change nothing are told in the log, without the digits', async () => {
    const { run, dial } = await answered({ policy: { mode: 'on-demand' } });
    await run();
    await dial('callee', '*2');
    const line = at.house.log.lines.at(-1);
    expect(line).toMatchObject({
      level: 'warn',
      fields: { order: 'pause', code: 'not-recording' },
    });
    expect(JSON.stringify(line)).not.toContain('*2');
  });
});

describe('the step', () => {
  it('is wanted where something is to be recorded', async () => {
    for (const [mode, wanted] of [
      ['off', false],
      ['on-demand', true],
      ['always', true],
    ] as const) {
      const { step, call } = await answered({ policy: { mode } });
      expect(step.wanted(call.route, 'from_carrier')).toBe(wanted);
      await step.ended(call);
    }
  });
});
