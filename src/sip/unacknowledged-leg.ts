import { verdict, type Verdict } from '../domain/calls/verdict.js';
import type { Leg, LegListener } from '../flows/ports/sip.js';
import type { DialogLeg } from './dialog-leg.js';
import type { DrachtioDialog, Unacknowledged } from './drachtio.js';
import type { OpenEnds } from './open-ends.js';

export interface UnacknowledgedLegDeps {
  readonly sipCallId: string;
  readonly ends: OpenEnds;
  readonly listener: LegListener;
  legOf(dialog: DrachtioDialog): DialogLeg;
}

/** A callee who answered with an offer and waits for our ACK (RFC 3264 §5, delayed offer). */
export class UnacknowledgedLeg implements Leg {
  readonly sipCallId: string;
  readonly allowsUpdate = false;
  #leg: Promise<DialogLeg> | undefined;
  #gone = false;

  constructor(
    private readonly answered: Unacknowledged,
    private readonly deps: UnacknowledgedLegDeps,
  ) {
    this.sipCallId = deps.sipCallId;
    deps.ends.open(this);
  }

  acknowledge(answer: string): void {
    if (this.#gone || this.#leg !== undefined) return;
    this.#leg = this.answered.ack(answer).then((dialog) => this.deps.legOf(dialog));
    this.#leg
      .catch(() => this.deps.listener.hungUp(verdict('callee-answer-unusable')))
      .finally(() => this.deps.ends.close(this));
  }

  /** The callee's BYE before our ACK; drachtio-srf has no dialog yet that could take it. */
  hungUp(): boolean {
    if (this.#gone || this.#leg !== undefined) return false;
    this.#gone = true;
    // The 200 wants its ACK all the same; the BYE that follows it finds nobody.
    void this.answered.destroy().finally(() => this.deps.ends.close(this));
    this.deps.listener.hungUp(verdict('callee-hung-up'));
    return true;
  }

  async reinvite(...change: Parameters<DialogLeg['reinvite']>): ReturnType<DialogLeg['reinvite']> {
    return await (await this.#established()).reinvite(...change);
  }

  async update(offer: string | undefined): Promise<string | undefined> {
    return await (await this.#established()).update(offer);
  }

  async sendDtmf(...dtmf: Parameters<DialogLeg['sendDtmf']>): Promise<void> {
    await (await this.#established()).sendDtmf(...dtmf);
  }

  hangUp(ending: Verdict): void {
    if (this.#leg !== undefined) {
      this.#leg.then((leg) => leg.hangUp(ending)).catch(() => undefined);
      return;
    }
    if (this.#gone) return;
    this.#gone = true;
    void this.answered.destroy().finally(() => this.deps.ends.close(this));
  }

  #established(): Promise<DialogLeg> {
    return this.#leg ?? Promise.reject(new Error('the delayed offer is not answered yet'));
  }
}
