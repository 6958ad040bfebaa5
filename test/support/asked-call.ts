import type { ConsentPolicy } from '../../src/domain/consent/policy.js';
import { RealNumber } from '../../src/domain/numbers/real-number.js';
import type { CallId } from '../../src/domain/records/leg-record.js';
import type { PartyRef } from '../../src/domain/sessions/session.js';
import { seconds } from '../../src/domain/time.js';
import type { ConsentLog } from '../../src/flows/ports/consent-log.js';
import type { LegUpdate } from '../../src/flows/ports/records.js';
import { Announce } from '../../src/flows/steps/announce.js';
import type { Side } from '../../src/flows/steps/media-path.js';
import type { Route } from '../../src/flows/steps/route.js';
import type { AnsweredCall } from '../../src/flows/talk-step.js';
import { pbxTrunk } from './call-house.js';
import { consentPolicy } from './consent-policy.js';
import { FakeClock } from './fake-clock.js';
import { FakeMediaServer, type FakeEndpoint } from './fake-media.js';
import { party } from './fake-sip-call.js';
import { NOT_RECORDED } from './recordings.js';
import { recordingLog, recordingMetrics } from './recording-telemetry.js';
import { didNo } from './session-drafts.js';
import { tenant } from './session-house.js';

export const CALL = 'call_1' as CallId;

/** What is due has happened: nothing here waits for anything but its turn, and for the store. */
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** A call from a customer to an agent that both have answered, and the step that asks them. */
export class AskedCall {
  readonly clock = new FakeClock();
  readonly metrics = recordingMetrics();
  readonly log = recordingLog();
  readonly server = new FakeMediaServer();
  readonly over = new AbortController();
  readonly known: Record<Side, LegUpdate> = { caller: {}, callee: {} };
  readonly keys: Record<Side, ((digit: string) => void)[]> = { caller: [], callee: [] };
  call!: AnsweredCall;
  step: Announce;
  running: Promise<void> = Promise.resolve();
  /** How each party's prompts end; a test may hold them. */
  #hold: Record<Side, ((cut?: 'stopped') => void)[]> = { caller: [], callee: [] };

  private constructor(consents: ConsentLog) {
    this.step = new Announce({
      consents,
      clock: this.clock,
      metrics: this.metrics,
      prompts: {
        sound: (name, language) => ({ is: 'file', path: `${language}/${name}` }),
      },
    });
  }

  static async start(
    [from, to]: readonly [string | undefined, string],
    consents: ConsentLog,
    policy: ConsentPolicy = consentPolicy(),
    recording: 'off' | 'always' = 'always',
  ): Promise<AskedCall> {
    const asked = new AskedCall(consents);
    const { server } = asked;
    const listener = { digit: () => undefined, lost: () => undefined };
    const request = { remoteSdp: undefined, codecs: [], listener };
    await server.openEndpoint(request);
    await server.openEndpoint(request);
    const route: Route = {
      tenant: tenant({ consent: policy, recording: { ...NOT_RECORDED, mode: recording } }),
      sessionId: undefined,
      trunk: pbxTrunk(),
      caller: from === undefined ? undefined : party(from),
      callee: RealNumber.parse(to)!,
      calleeRef: 'pty_b' as PartyRef,
      callerRef: 'pty_a' as PartyRef,
      dialedRaw: false,
      shownToCallee: didNo(1),
      shownToCaller: didNo(2),
    };
    asked.call = {
      id: CALL,
      direction: 'from_carrier',
      log: asked.log,
      route,
      endpoints: { caller: asked.endpoint('caller'), callee: asked.endpoint('callee') },
      consent: undefined,
      recorder: undefined,
      know: (side, change) => void Object.assign(asked.known[side], change),
      onDigit: (side, hear) => {
        asked.keys[side].push(hear);
        return () => void asked.keys[side].splice(asked.keys[side].indexOf(hear), 1);
      },
      abort: () => undefined,
    };
    asked.hold('caller');
    asked.hold('callee');
    asked.running = asked.step.run(asked.call, asked.over.signal);
    asked.running.catch(() => undefined);
    await settled();
    return asked;
  }

  /** From here on a prompt of this side lasts until `heard`. */
  hold(side: Side): void {
    this.endpoint(side).playing = () => new Promise((done) => this.#hold[side].push(done));
  }

  endpoint(side: Side): FakeEndpoint {
    return this.server.endpoints[side === 'caller' ? 0 : 1]!;
  }

  /** The prompt that a party is hearing ends. */
  async heard(side: Side): Promise<void> {
    this.#hold[side].shift()?.();
    await settled();
  }

  /** The media server cuts off the prompt that a party is hearing. */
  async cutOff(side: Side): Promise<void> {
    this.#hold[side].shift()?.('stopped');
    await settled();
  }

  async press(side: Side, digit: string): Promise<void> {
    for (const hear of [...this.keys[side]]) hear(digit);
    await settled();
  }

  async wait(): Promise<void> {
    this.clock.advance(seconds(5));
    await settled();
  }

  get outcomes(): readonly [string | undefined, string | undefined] {
    return [this.known.caller.consentOutcome, this.known.callee.consentOutcome];
  }
}
