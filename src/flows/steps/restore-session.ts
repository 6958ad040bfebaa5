import { CallRefused } from '../../domain/calls/verdict.js';
import type { Ids } from '../../domain/ids.js';
import { millis, type Clock, type Millis } from '../../domain/time.js';
import { RenegotiationFailed, type Leg } from '../ports/sip.js';
import { otherSide, type Agreed, type MediaPath, type Side } from './media-path.js';

export interface RestoreDeps {
  media(): MediaPath;
  readonly clock: Clock;
  readonly ids: Ids;
  leg(side: Side): Leg | undefined;
}

/** How often a peer may answer 491 before it is given up. */
const MOST_GLARES = 4;

/**
 * Leads the other side of `from` back to the description it had, after it took one that `from` gave
 * up (CANCEL that crossed its 200) or cannot be told (an answer that breaks RFC 3264 §6). `from`
 * refused or gave up the change, so for it the former session is in force (RFC 6141 §3.1), and the
 * other side has acknowledged the new one, so only another offer changes that (RFC 3261 §14.1). The
 * new one cannot stand instead: its answer belongs to an offer that `from` has withdrawn.
 *
 * An answer may name another address or codec than before (RFC 3264 §8.3); then `from` is told by a
 * re-INVITE as well.
 * @param lead brings the former description to the other side and resolves with what that says.
 * @throws when the sides cannot be brought together again; then both must be hung up.
 */
export async function restoreSession(
  deps: RestoreDeps,
  from: Side,
  former: Agreed | undefined,
  lead: (former: Agreed) => Promise<string | undefined>,
): Promise<void> {
  const media = deps.media();
  const to = otherSide(from);
  if (former === undefined) throw new CallRefused('media-not-agreed', 'nothing was agreed before');
  await media.answer(from, (await lead(former)) ?? '');
  const now = media.agreed;
  if (now === undefined || media.unchanged(from, former)) return;
  const offered = await media.restate(from, now);
  await media.answer(to, (await offerAgain(deps, from, offered)) ?? '');
  if (media.unchanged(to, former)) return;
  throw new CallRefused('media-not-agreed', 'the sides do not come together');
}

/** A re-INVITE that must not fail for mere glare: 491 is waited out (RFC 3261 §14.1). */
export async function offerAgain(
  deps: Omit<RestoreDeps, 'media'>,
  side: Side,
  sdp: string,
): Promise<string | undefined> {
  for (let glares = 1; ; glares += 1) {
    try {
      const leg = deps.leg(side);
      if (leg === undefined) throw new RenegotiationFailed(481);
      return (await leg.reinvite(sdp)).sdp;
    } catch (error) {
      const glare = error instanceof RenegotiationFailed && error.status === 491;
      if (!glare || glares === MOST_GLARES) throw error;
      const pause = pauseAfterGlare(deps.ids, side);
      await new Promise<void>((resolve) => void deps.clock.after(pause, resolve));
    }
  }
}

/** We chose the Call-ID of the callee's leg, so there we wait the longer (RFC 3261 §14.1). */
function pauseAfterGlare(ids: Ids, side: Side): Millis {
  const part = Number.parseInt(ids.random(2), 16) / 0x1_00_00;
  return side === 'callee' ? millis(2_100 + part * 1_900) : millis(part * 2_000);
}
