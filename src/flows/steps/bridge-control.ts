import { verdict } from '../../domain/calls/verdict.js';
import { pressed } from '../../domain/identity/dtmf.js';
import type { CallId } from '../../domain/records/leg-record.js';
import type { SessionId, TenantId } from '../../domain/sessions/session.js';
import type { CallControl } from '../call-control.js';
import { CallProblem, type CallProblemCode } from '../call-problem.js';
import type { MediaEndpoint } from '../ports/media.js';
import { RenegotiationFailed, type Leg } from '../ports/sip.js';
import type { CallMedia } from './call-media.js';
import type { CallDriver } from './drive-call.js';
import type { Side } from './media-path.js';

interface ControlledCall {
  readonly id: CallId;
  readonly tenant: TenantId;
  readonly sessionId: SessionId | undefined;
  readonly isEmergency: boolean;
}

export interface BridgeControlDeps {
  readonly call: ControlledCall;
  readonly driver: Pick<CallDriver, 'state' | 'feed'>;
  readonly media: Pick<CallMedia, 'audio' | 'recorder'>;
  leg(side: Side): Leg | undefined;
}

/** Orders from outside to the two legs of a bridge. */
export class BridgeControl implements CallControl {
  readonly id: CallId;
  readonly tenant: TenantId;
  readonly sessionId: SessionId | undefined;
  readonly isEmergency: boolean;

  constructor(private readonly deps: BridgeControlDeps) {
    const { id, tenant, sessionId, isEmergency } = deps.call;
    this.id = id;
    this.tenant = tenant;
    this.sessionId = sessionId;
    this.isEmergency = isEmergency;
  }

  get recorder(): CallControl['recorder'] {
    return this.deps.media.recorder;
  }

  hangUp(): void {
    const { driver } = this.deps;
    const { at } = driver.state;
    if (at === 'ended') throw new CallProblem('call-over');
    const why = at === 'talking' ? 'ended-by-api' : 'cancelled-by-api';
    driver.feed({ is: 'aborted', verdict: verdict(why) });
  }

  async mute(side: Side, muted: boolean): Promise<void> {
    const { endpoint } = this.#party(side);
    if (endpoint === undefined) throw new CallProblem('media-not-anchored');
    await endpoint.mute(muted).catch(mean('media-failed'));
  }

  async sendDigits(side: Side, digits: string): Promise<void> {
    const { endpoint, leg } = this.#party(side);
    if (endpoint !== undefined) {
      await endpoint.sendDigits(digits).catch(mean('media-failed'));
      return;
    }
    for (const digit of pressed(digits)) {
      await leg.sendDtmf(digit).catch((error: unknown) => {
        throw error instanceof RenegotiationFailed ? new CallProblem('digits-refused') : error;
      });
    }
  }

  #party(side: Side): { readonly endpoint: MediaEndpoint | undefined; readonly leg: Leg } {
    const { at } = this.deps.driver.state;
    if (at === 'ended') throw new CallProblem('call-over');
    const leg = this.deps.leg(side);
    if (at !== 'talking' || leg === undefined) throw new CallProblem('too-early');
    return { endpoint: this.deps.media.audio.endpoint(side), leg };
  }
}

const mean = (code: CallProblemCode) => (): never => {
  throw new CallProblem(code);
};
