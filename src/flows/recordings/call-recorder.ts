import type { CallId } from '../../domain/records/leg-record.js';
import type { Did } from '../../domain/numbers/did.js';
import type {
  Recording,
  RecordingConsent,
  RecordingReason,
  RecordingStarter,
} from '../../domain/recordings/recording.js';
import type { RecordingId } from '../../domain/recordings/recording-id.js';
import type { RecordingPolicy } from '../../domain/recordings/recording-policy.js';
import type { Session, TenantId } from '../../domain/sessions/session.js';
import { seconds, type Timer } from '../../domain/time.js';
import type { MediaEndpoint, MediaRecording } from '../ports/media.js';
import type { Log } from '../ports/telemetry.js';
import type { RecordingHouse } from './recording-house.js';
import { RecordingProblem } from './recording-problem.js';
import type { SealingQueue } from './sealing-queue.js';

/** What a recording will tell of its call. */
export interface RecordedCall {
  readonly id: CallId;
  readonly tenant: TenantId;
  readonly session: Session | undefined;
  readonly dids: readonly Did[];
  readonly consent: RecordingConsent;
  /** The caller's: left is what the caller says, right what it hears. */
  readonly endpoint: MediaEndpoint;
  readonly log: Log;
}

export interface RecorderListener {
  /** A recording runs. */
  began(id: RecordingId): void;
  /** There is none although there should be: the call may not go on where the policy says so. */
  unrecorded(): void;
}

/** Every media server writes at least every 2 s; what has not grown for two looks is stuck. */
const LOOK_EVERY = seconds(5);

/** A recording that runs. */
interface Running {
  readonly id: RecordingId;
  readonly media: MediaRecording;
  /** The media server writes silence. */
  silent: boolean;
  /** Bytes at the last look, and how many looks have found no more. */
  size: number;
  stuck: number;
  readonly timers: Map<'look' | 'longest', Timer>;
}

/**
 * The recordings of one call, one after the other: each order waits for the one before. The row is
 * written before the media server opens its file, so that no crash leaves audio nobody knows of.
 */
export class CallRecorder {
  #turn: Promise<unknown> = Promise.resolve();
  #running: Running | undefined;
  #over = false;

  constructor(
    private readonly call: RecordedCall,
    private readonly policy: RecordingPolicy,
    private readonly house: RecordingHouse,
    private readonly queue: SealingQueue,
    private readonly listener: RecorderListener,
  ) {}

  /** @throws RecordingProblem (already-recording, not-recorded, call-over) */
  start(by: RecordingStarter): Promise<Recording> {
    return this.#inTurn(async () => {
      if (this.#over) throw new RecordingProblem('call-over');
      if (this.#running !== undefined) throw new RecordingProblem('already-recording');
      return await this.#begin(by);
    });
  }

  /**
   * Silence from here on, whatever becomes of the row.
   * @throws RecordingProblem (not-recording, already-paused, not-recorded); StoreError: it is silent.
   */
  pause(): Promise<Recording> {
    return this.#inTurn(async () => {
      const running = this.#needed();
      if (!running.silent) await this.#silence(running);
      const paused = await this.house.store.advance(running.id, { is: 'paused' });
      if (paused === undefined) throw new RecordingProblem('already-paused');
      return paused;
    });
  }

  async #silence(running: Running): Promise<void> {
    try {
      await running.media.mask();
      running.silent = true;
    } catch {
      // What must not be heard would be: better no recording than that.
      await this.#end('media-lost');
      this.#unrecorded(running.id, 'A recording could not be paused and was ended');
      throw new RecordingProblem('not-recorded');
    }
  }

  /** @throws RecordingProblem (not-recording, not-paused, not-recorded); StoreError: it stays silent. */
  resume(): Promise<Recording> {
    return this.#inTurn(async () => {
      const running = this.#needed();
      const resumed = await this.house.store.advance(running.id, { is: 'resumed' });
      // A pause whose row could not be written is one all the same.
      if (resumed === undefined && !running.silent) throw new RecordingProblem('not-paused');
      try {
        await running.media.unmask();
        running.silent = false;
      } catch {
        await this.#end('media-lost');
        this.#unrecorded(running.id, 'A recording could not be resumed');
        throw new RecordingProblem('not-recorded');
      }
      return resumed ?? (await this.#row(running.id));
    });
  }

  /** @throws RecordingProblem (not-recording, must-record) */
  stop(): Promise<Recording> {
    return this.#inTurn(async () => {
      const { id } = this.#needed();
      if (this.policy.mustRecord) throw new RecordingProblem('must-record');
      return (await this.#end('stopped')) ?? (await this.#row(id));
    });
  }

  /** The call is over; resolves when the media server is done with the file. Never fails. */
  async ended(): Promise<void> {
    await this.#inTurn(async () => {
      this.#over = true;
      await this.#end('call-ended');
    });
  }

  /** One after the other; one that fails holds up no other. */
  #inTurn<T>(order: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(order);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  #needed(): Running {
    if (this.#running === undefined) throw new RecordingProblem('not-recording');
    return this.#running;
  }

  async #row(id: RecordingId): Promise<Recording> {
    const row = await this.house.store.find(this.call.tenant, id);
    if (row === undefined) throw new RecordingProblem('not-recorded');
    return row;
  }

  /** @param silent it continues one that was paused. */
  async #begin(by: RecordingStarter, silent = false): Promise<Recording> {
    const recording = this.#draft(by, silent);
    const { id } = recording;
    try {
      await this.house.store.add(recording);
      const media = await this.#record(id);
      this.#running = { id, media, silent: false, size: 0, stuck: 0, timers: new Map() };
    } catch (error) {
      this.#unrecorded(id, 'Recording did not start', error);
      throw new RecordingProblem('not-recorded');
    }
    if (silent) await this.#silence(this.#running);
    this.#watch(this.#running);
    this.listener.began(id);
    this.call.log.info('Recording began', { recordingId: id, by });
    return recording;
  }

  /** @throws whatever kept it from running; the row says so then. */
  async #record(id: RecordingId): Promise<MediaRecording> {
    const { raw, store, clock, metrics } = this.house;
    try {
      return await this.call.endpoint.record(await raw.prepare(id));
    } catch (error) {
      await store.advance(id, { is: 'failed', reason: 'not-started', at: clock.now() });
      metrics.recordingFinished('failed', undefined);
      // Only what is empty may go unseen.
      if ((await raw.look(id))?.size === 0) await raw.remove(id);
      throw error;
    }
  }

  #draft(startedBy: RecordingStarter, silent: boolean): Recording {
    const { id: callId, tenant, session, dids, consent } = this.call;
    const agent = session?.participants.find(({ reachedBy }) => reachedBy === 'pbx');
    return {
      id: this.house.ids.next('rec') as RecordingId,
      tenant,
      callId,
      sessionId: session?.id,
      caseReference: session?.reference,
      agentReference: agent?.reference,
      dids: [...new Set(dids)],
      tags: this.policy.tags,
      consent,
      startedBy,
      status: silent ? 'paused' : 'recording',
      reason: undefined,
      startedAt: this.house.clock.now(),
      endedAt: undefined,
      duration: undefined,
      size: undefined,
      node: this.house.node,
    };
  }

  #watch(running: Running): void {
    const { clock } = this.house;
    const look = (): void => {
      running.timers.set(
        'look',
        clock.after(LOOK_EVERY, () => void this.#look(running).then((goesOn) => goesOn && look())),
      );
    };
    look();
    const longest = clock.after(this.policy.maxDuration, () => void this.#longEnough());
    running.timers.set('longest', longest);
  }

  /** @returns whether it still runs, as far as the file shows. */
  async #look(running: Running): Promise<boolean> {
    const look = await this.house.raw.look(running.id).catch(() => undefined);
    const grown = look !== undefined && look.size > running.size;
    running.stuck = grown ? 0 : running.stuck + 1;
    if (grown) running.size = look.size;
    if (running !== this.#running) return false;
    if (running.stuck < 2) return true;
    await this.#inTurn(async () => {
      if (running !== this.#running) return;
      await this.#end('not-growing');
      this.#unrecorded(running.id, 'A recording stopped growing and was ended');
    });
    return false;
  }

  /**
   * With mode always no call goes on unrecorded: the next one begins where this one ends, and as
   * silent, for what may not be heard is still being said.
   */
  async #longEnough(): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#running === undefined || this.#over) return;
      const { silent } = this.#running;
      await this.#end('max-duration');
      const { mode, mustRecord } = this.policy;
      if (mode === 'always' || mustRecord) await this.#begin('policy', silent);
    }).catch(() => undefined); // #begin has told of it.
  }

  /** @returns the recording that ended; undefined when none ran, or the store is away. */
  async #end(reason: RecordingReason): Promise<Recording | undefined> {
    const running = this.#running;
    if (running === undefined) return undefined;
    this.#running = undefined;
    for (const timer of running.timers.values()) timer.cancel();
    const complete = await running.media.stop().then(
      () => true,
      () => false,
    );
    // A call ends before its endpoints do; where they are gone already, that ended the call.
    const why = reason === 'call-ended' && !complete ? 'media-lost' : reason;
    const at = this.house.clock.now();
    return await this.queue.ended(running.id, { is: 'ended', reason: why, at }, complete);
  }

  #unrecorded(recordingId: RecordingId, message: string, error?: unknown): void {
    this.call.log.error(message, {
      recordingId,
      err: error instanceof Error ? error : undefined,
    });
    this.listener.unrecorded();
  }
}
