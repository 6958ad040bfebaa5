import { CallRefused, type VerdictReason } from '../../domain/calls/verdict.js';
import type { Dtmf } from '../../domain/identity/dtmf.js';
import { RenegotiationFailed, type Leg, type Reply } from '../ports/sip.js';
import { otherSide, type Agreed, type Side } from './media-path.js';
import { offerAgain, restoreSession, type RestoreDeps } from './restore-session.js';

export interface RenegotiationDeps extends RestoreDeps {
  /** The call cannot go on: a side does not know its dialog any more, or waits for media in vain. */
  lost(why: Extract<VerdictReason, 'dialog-lost' | 'media-not-agreed'>): void;
}

/** A change that one side has taken, and that the other is about to hear of. */
interface Taken {
  /** What the other side is to hear. @throws CallRefused when it cannot be told. */
  text(): Promise<string>;
  /** It has heard it. */
  settled(text: string): void;
  /** Brings the former description to the side that took the change. */
  leadBack(former: Agreed): Promise<string | undefined>;
}

/** A re-INVITE without offer whose answer comes with the ACK. */
interface AwaitedAnswer {
  readonly from: Side;
  readonly acknowledge: (answer: string) => void;
  /** The ACK is here, and what it brings is being passed on. */
  readonly acknowledged: boolean;
}

/** Statuses after which the peer's dialog is gone (RFC 5057 §5.1). */
const DIALOG_GONE = new Set([404, 408, 410, 416, 480, 481, 482, 483, 484, 485, 502, 604]);

/**
 * Changes of an established session: re-INVITE, UPDATE and DTMF of either side, carried to the
 * other. One at a time: a second offer while one is open is glare and answered 491
 * (RFC 3261 §14.2), so each side always knows which description is in force. A change that one side
 * took and the other gave up, or cannot be told, is taken back (restore-session).
 */
export class Renegotiation {
  #open = false;
  /** Set while a re-INVITE without offer waits for the ACK that brings the answer. */
  #awaitingAnswer: AwaitedAnswer | undefined;
  /** The last offer of each side and what we answered, for session refreshes (RFC 4028 §7.4). */
  readonly #last = new Map<Side, { offer: string; answer: string }>();

  constructor(private readonly deps: RenegotiationDeps) {}

  reinvited(from: Side, offer: string | undefined, reply: Reply): void {
    if (offer === undefined)
      this.#carry(from, reply, (peer) => this.#fetchOffer(from, peer, reply));
    else
      this.#offered(from, offer, reply, async (peer, sdp) => {
        return (await peer.reinvite(sdp, reply.cancelled)).sdp;
      });
  }

  updated(from: Side, offer: string | undefined, reply: Reply): void {
    // Without SDP an UPDATE only refreshes the session timer of this leg (RFC 4028 §7.4).
    if (offer === undefined) {
      void reply.accept();
      return;
    }
    this.#offered(from, offer, reply, async (peer, sdp) =>
      peer.allowsUpdate ? await peer.update(sdp) : (await peer.reinvite(sdp)).sdp,
    );
  }

  /** The ACK of a re-INVITE; it completes a delayed offer, if there is one. */
  acknowledged(from: Side, answer: string | undefined): void {
    const waiting = this.#awaitingAnswer;
    if (waiting?.from !== from || waiting.acknowledged) return;
    this.#awaitingAnswer = { ...waiting, acknowledged: true };
    void this.#complete(from, answer, waiting.acknowledge).finally(() => {
      this.#awaitingAnswer = undefined;
      this.#open = false;
    });
  }

  async #complete(
    from: Side,
    answer: string | undefined,
    acknowledge: (answer: string) => void,
  ): Promise<void> {
    try {
      if (answer === undefined) throw new CallRefused('media-not-agreed');
      acknowledge(await this.deps.media().answer(otherSide(from), answer));
    } catch {
      // The other side waits for an answer that will never come: it cannot talk on.
      this.deps.lost('media-not-agreed');
    }
  }

  dtmf(from: Side, digit: Dtmf, reply: Reply): void {
    void reply.accept();
    this.deps
      .leg(otherSide(from))
      ?.sendDtmf(digit)
      .catch(() => undefined); // A digit that the peer refuses is lost, as on any line.
  }

  #offered(
    from: Side,
    offer: string,
    reply: Reply,
    send: (peer: Leg, sdp: string) => Promise<string | undefined>,
  ): void {
    const last = this.#last.get(from);
    if (last?.offer === offer && !this.#open) {
      void reply.accept(last.answer);
      return;
    }
    const media = this.deps.media();
    const to = otherSide(from);
    this.#carry(from, reply, async (peer) => {
      const answer = await send(peer, await media.offer(to, offer));
      return {
        text: () => media.answer(from, answer ?? ''),
        settled: (text) => this.#last.set(from, { offer, answer: text }),
        leadBack: async (former) => offerAgain(this.deps, to, await media.restate(to, former)),
      };
    });
  }

  async #fetchOffer(from: Side, peer: Leg, reply: Reply): Promise<Taken> {
    const media = this.deps.media();
    const to = otherSide(from);
    const { sdp = '', acknowledge } = await peer.reinvite(undefined, reply.cancelled);
    if (acknowledge) this.#awaitingAnswer = { from, acknowledge, acknowledged: false };
    return {
      text: () => media.offer(from, sdp),
      settled: () => undefined,
      leadBack: async (former) => {
        this.#awaitingAnswer = undefined;
        acknowledge?.(await media.answerAgain(to, sdp, former));
        return sdp;
      },
    };
  }

  #carry(from: Side, reply: Reply, ask: (peer: Leg) => Promise<Taken>): void {
    const peer = this.deps.leg(otherSide(from));
    if (this.#open || peer === undefined) {
      reply.refuse(491);
      return;
    }
    this.#open = true;
    void this.#change(from, reply, () => ask(peer)).finally(() => {
      if (this.#awaitingAnswer === undefined) this.#open = false;
    });
  }

  async #change(from: Side, reply: Reply, ask: () => Promise<Taken>): Promise<void> {
    const former = this.deps.media().agreed;
    let taken: Taken | undefined;
    try {
      taken = await ask();
      this.#last.clear();
      const text = await taken.text();
      if (await reply.accept(text)) {
        taken.settled(text);
        return;
      }
    } catch (error) {
      this.#failed(reply, error);
    }
    if (taken) await this.#restore(from, former, taken);
  }

  /** The other side has taken what this one will not have. */
  async #restore(from: Side, former: Agreed | undefined, taken: Taken): Promise<void> {
    try {
      await restoreSession(this.deps, from, former, (agreed) => taken.leadBack(agreed));
    } catch (error) {
      this.#awaitingAnswer = undefined;
      this.deps.lost(isGone(error) ? 'dialog-lost' : 'media-not-agreed');
    }
  }

  #failed(reply: Reply, error: unknown): void {
    if (isGone(error)) {
      reply.refuse(500);
      this.deps.lost('dialog-lost');
      return;
    }
    const glare = error instanceof RenegotiationFailed && error.status === 491;
    reply.refuse(glare ? 491 : 488);
  }
}

const isGone = (error: unknown): boolean =>
  error instanceof RenegotiationFailed && DIALOG_GONE.has(error.status);
