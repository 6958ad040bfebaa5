import { CallRefused } from '../../domain/calls/verdict.js';
import { DigitCodes, type RecordingOrder } from '../../domain/recordings/digit-codes.js';
import type { SessionStore } from '../ports/sessions.js';
import { rolesOf } from '../steps/consent-rulings.js';
import type { Side } from '../steps/media-path.js';
import type { AnsweredCall, TalkStep } from '../talk-step.js';
import { CallRecorder } from './call-recorder.js';
import type { RecordingHouse } from './recording-house.js';
import { RecordingProblem } from './recording-problem.js';
import type { SealingQueue } from './sealing-queue.js';

/**
 * Recording as a step before the talk: where the policy is to record always, it runs before the
 * parties hear each other, so that nothing of the talk is missing; where it is on demand, API and
 * digits can order it from here on. It goes on over hold, re-INVITE and transfer, because what is
 * recorded is what the caller says and hears.
 */
export class RecordStep implements TalkStep {
  constructor(
    private readonly house: RecordingHouse,
    private readonly queue: SealingQueue,
    private readonly sessions: Pick<SessionStore, 'find'>,
  ) {}

  wanted: TalkStep['wanted'] = ({ tenant }) => tenant.recording.mode !== 'off';

  async run(call: AnsweredCall, over: AbortSignal): Promise<void> {
    const { recording: policy } = call.route.tenant;
    if (call.consent === undefined) {
      call.recorder = 'not-agreed';
      if (policy.mode !== 'always' || !policy.mustRecord) return;
      throw new CallRefused('recording-failed', 'a party did not agree');
    }
    const recorder = await this.#recorder(call, call.consent);
    if (over.aborted) return;
    call.recorder = recorder;
    this.#listenForCodes(call, recorder);
    if (policy.mode === 'always') await this.#always(call, recorder);
  }

  async ended(call: AnsweredCall): Promise<void> {
    if (call.recorder instanceof CallRecorder) await call.recorder.ended();
  }

  async #recorder(
    call: AnsweredCall,
    consent: NonNullable<AnsweredCall['consent']>,
  ): Promise<CallRecorder> {
    const { tenant, sessionId, shownToCallee, shownToCaller } = call.route;
    const { mustRecord } = tenant.recording;
    // What a recording tells of its session is worth less than the recording.
    const session =
      sessionId && (await this.sessions.find(tenant.id, sessionId).catch(() => undefined));
    return new CallRecorder(
      {
        id: call.id,
        tenant: tenant.id,
        session,
        dids: [shownToCaller, shownToCallee],
        consent,
        endpoint: call.endpoints.caller,
        log: call.log,
      },
      tenant.recording,
      this.house,
      this.queue,
      {
        began: (recordingId) => {
          call.know('caller', { recordingId });
          call.know('callee', { recordingId });
        },
        unrecorded: () => {
          if (mustRecord) call.abort('recording-failed');
        },
      },
    );
  }

  /** @throws CallRefused (recording-failed) where no call may go on unrecorded. */
  async #always(call: AnsweredCall, recorder: CallRecorder): Promise<void> {
    try {
      await recorder.start('policy');
    } catch (error) {
      if (call.route.tenant.recording.mustRecord) throw new CallRefused('recording-failed');
      if (!(error instanceof RecordingProblem)) throw error;
    }
  }

  /** The side of the PBX may dial codes; where both sides are, or neither is, the caller's. */
  #listenForCodes(call: AnsweredCall, recorder: CallRecorder): void {
    const codes = new DigitCodes(call.route.tenant.recording.digits);
    const { caller, callee } = rolesOf(call.route, call.direction);
    const side: Side = caller !== 'agent' && callee === 'agent' ? 'callee' : 'caller';
    call.onDigit(side, (digit) => {
      const order = codes.heard(digit, this.house.clock.now());
      if (order !== undefined) void obey(recorder, order, call);
    });
  }
}

/** What cannot be done is told in the log only: nobody hears us here. */
async function obey(
  recorder: CallRecorder,
  order: RecordingOrder,
  { log }: AnsweredCall,
): Promise<void> {
  try {
    await (order === 'start' ? startOrResume(recorder) : recorder[order]());
  } catch (error) {
    const code = error instanceof RecordingProblem ? error.code : 'failed';
    log.warn('A code for the recording changed nothing', { order, code });
  }
}

async function startOrResume(recorder: CallRecorder): Promise<void> {
  try {
    await recorder.start('digits');
  } catch (error) {
    if (!(error instanceof RecordingProblem && error.code === 'already-recording')) throw error;
    await recorder.resume();
  }
}
