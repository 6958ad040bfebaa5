import type { MediaDescription } from '../../domain/identity/sdp.js';

export type Side = 'caller' | 'callee';

export const otherSide = (side: Side): Side => (side === 'caller' ? 'callee' : 'caller');

/** The session as it is in force: what each side was told, and what it said of itself. */
export interface Agreed {
  readonly told: Readonly<Record<Side, MediaDescription>>;
  readonly heard: Readonly<Record<Side, MediaDescription>>;
}

/**
 * How the session descriptions of one call get from one side to the other: directly, or by way of
 * two endpoints on a media server. Nothing of a description's text crosses either way: it is read
 * into an allow-listed model and written anew, under an origin line of our own (RFC 8866 §5.2).
 *
 * The first four lead to the answered call, in the order of SIP; the others change its session. One
 * thing at a time: who asks waits for the answer before asking for more. Whatever needs a media
 * server rejects with MediaFailed when that cannot do it.
 */
export interface MediaPath {
  /**
   * What the next target of the callee is offered; undefined: it is asked for an offer.
   * @throws CallRefused (bad-offer) when the caller's offer cannot be read or has nothing we carry.
   */
  inviteCallee(): Promise<string | undefined>;
  /**
   * What the caller may be told of the callee's early description; undefined: nothing.
   * @throws CallRefused when the description cannot be used.
   */
  early(sdp: string): Promise<string | undefined>;
  /**
   * What our 200 tells the caller, now that the callee has answered with `sdp`.
   * @throws CallRefused (callee-answer-unusable, bad-offer) when that cannot be used.
   */
  answerCaller(sdp: string): Promise<string>;
  /**
   * Takes the answer that the ACK of a caller brings who had made no offer. Resolves with what the
   * callee waits for in its own ACK; undefined: it waits for nothing.
   * @throws CallRefused when the answer does not fit.
   */
  callerAcknowledged(answer: string): Promise<string | undefined>;

  /** Undefined until an offer has been answered. */
  readonly agreed: Agreed | undefined;
  /**
   * What `towards` is to be offered, because the other side has offered `sdp`.
   * @throws CallRefused (bad-offer) when the offer cannot be read or has nothing we carry.
   */
  offer(towards: Side, sdp: string): Promise<string>;
  /**
   * What `towards`, who made the last offer, is answered, because the other side has answered `sdp`.
   * @throws CallRefused (callee-answer-unusable) when the answer does not fit the last offer.
   */
  answer(towards: Side, sdp: string): Promise<string>;
  /** Offers one side what it was told in a session that was agreed once. */
  restate(towards: Side, session: Agreed): Promise<string>;
  /**
   * Answers the offer `sdp` of one side with what it was told in a session that was agreed once.
   * `sdp` may then be passed on as the answer to that.
   * @throws CallRefused (media-not-agreed) when that does not answer it.
   */
  answerAgain(towards: Side, sdp: string, session: Agreed): Promise<string>;
  /** Whether what `side` was told last is still what it was told in `session`. */
  unchanged(side: Side, session: Agreed): boolean;
}
