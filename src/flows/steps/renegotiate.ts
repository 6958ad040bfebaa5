import { CallRefused, type VerdictReason } from '../../domain/calls/verdict.js';
import type { Dtmf } from '../../domain/identity/dtmf.js';
import { RenegotiationFailed, type Leg, type Reply } from '../ports/sip.js';
import { otherSide, type MediaPath, type Side } from './media-path.js';

export interface RenegotiationDeps {
  readonly media: MediaPath;
  leg(side: Side): Leg | undefined;
  /** The call cannot go on: a side does not know its dialog any more, or waits for media in vain. */
  lost(why: Extract<VerdictReason, 'dialog-lost' | 'media-not-agreed'>): void;
}

/** Statuses after which the peer's dialog is gone (RFC 5057 §5.1). */
const DIALOG_GONE = new Set([404, 408, 410, 416, 480, 481, 482, 483, 484, 485, 502, 604]);

/**
 * Changes of an established session: re-INVITE, UPDATE and DTMF of either side, carried to the
 * other. One at a time: a second offer while one is open is glare and answered 491
 * (RFC 3261 §14.2), so each side always knows which description is in force.
 */
export class Renegotiation {
  #open = false;
  /** Set while a re-INVITE without offer waits for the ACK that brings the answer. */
  #awaitingAnswer: { from: Side; acknowledge: (answer: string) => void } | undefined;
  /** The last offer of each side and what we answered, for session refreshes (RFC 4028 §7.4). */
  readonly #last = new Map<Side, { offer: string; answer: string }>();

  constructor(private readonly deps: RenegotiationDeps) {}

  reinvited(from: Side, offer: string | undefined, reply: Reply): void {
    if (offer === undefined) this.#carry(from, reply, (peer) => this.#fetchOffer(from, peer));
    else this.#offered(from, offer, reply, async (peer, sdp) => (await peer.reinvite(sdp)).sdp);
  }

  updated(from: Side, offer: string | undefined, reply: Reply): void {
    // Without SDP an UPDATE only refreshes the session timer of this leg (RFC 4028 §7.4).
    if (offer === undefined) {
      reply.accept();
      return;
    }
    this.#offered(from, offer, reply, async (peer, sdp) =>
      peer.allowsUpdate ? await peer.update(sdp) : (await peer.reinvite(sdp)).sdp,
    );
  }

  /** The ACK of a re-INVITE; it completes a delayed offer, if there is one. */
  acknowledged(from: Side, answer: string | undefined): void {
    const waiting = this.#awaitingAnswer;
    if (waiting?.from !== from) return;
    this.#awaitingAnswer = undefined;
    this.#open = false;
    try {
      if (answer === undefined) throw new CallRefused('media-not-agreed');
      waiting.acknowledge(this.deps.media.answer(otherSide(from), answer));
    } catch {
      // The other side waits for an answer that will never come: it cannot talk on.
      this.deps.lost('media-not-agreed');
    }
  }

  dtmf(from: Side, digit: Dtmf, reply: Reply): void {
    reply.accept();
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
      reply.accept(last.answer);
      return;
    }
    this.#carry(from, reply, async (peer) => {
      const answer = await send(peer, this.deps.media.offer(otherSide(from), offer));
      if (answer === undefined) throw new CallRefused('media-not-agreed');
      const ours = this.deps.media.answer(from, answer);
      this.#last.clear();
      this.#last.set(from, { offer, answer: ours });
      return ours;
    });
  }

  async #fetchOffer(from: Side, peer: Leg): Promise<string> {
    const { sdp, acknowledge } = await peer.reinvite(undefined);
    if (acknowledge) this.#awaitingAnswer = { from, acknowledge };
    this.#last.clear();
    return this.deps.media.offer(from, sdp);
  }

  #carry(from: Side, reply: Reply, exchange: (peer: Leg) => Promise<string>): void {
    const peer = this.deps.leg(otherSide(from));
    if (this.#open || peer === undefined) {
      reply.refuse(491);
      return;
    }
    this.#open = true;
    exchange(peer).then(
      (answer) => {
        if (this.#awaitingAnswer === undefined) this.#open = false;
        reply.accept(answer);
      },
      (error: unknown) => {
        this.#open = false;
        // Whoever offered on our request and gets no answer cannot talk on.
        const stranded = this.#awaitingAnswer !== undefined;
        this.#awaitingAnswer = undefined;
        this.#failed(reply, error);
        if (stranded) this.deps.lost('media-not-agreed');
      },
    );
  }

  #failed(reply: Reply, error: unknown): void {
    if (error instanceof RenegotiationFailed && DIALOG_GONE.has(error.status)) {
      reply.refuse(500);
      this.deps.lost('dialog-lost');
      return;
    }
    const glare = error instanceof RenegotiationFailed && error.status === 491;
    reply.refuse(glare ? 491 : 488);
  }
}
