import { later, minutes, seconds, type Instant, type Millis } from '../time.js';
import type { Session, SessionKind } from './session.js';

/** How long an API call may ask a session to live, in whole seconds. */
export interface TtlRange {
  readonly least: Millis;
  readonly most: Millis;
}

const ONE_SECOND = seconds(1);

/** From one second, for tests and one-shot codes, to ten years: past any contract. */
const TTL_RANGE: TtlRange = { least: ONE_SECOND, most: seconds(3650 * 86_400) };

/**
 * A `session` covers one errand of 30 to 90 minutes: unless told otherwise it ends after an hour,
 * because a binding that outlives the errand is a stranger's call waiting to happen. The other
 * kinds last until they are closed.
 */
const USUAL_SESSION = minutes(60);

export type Lifetime =
  /** Undefined: lives until it is closed. */
  | { readonly ok: true; readonly expiresAt: Instant | undefined }
  | { readonly ok: false; readonly range: TtlRange };

/**
 * When a session that is created now expires.
 * @param ttl What the API call asks for.
 * @param tenantDefault What the operator configured for this kind; taken as it is.
 */
export function lifetimeOf(
  kind: SessionKind,
  createdAt: Instant,
  ttl: Millis | undefined,
  tenantDefault: Millis | undefined,
): Lifetime {
  if (ttl !== undefined && !isInRange(ttl)) return { ok: false, range: TTL_RANGE };
  const lasts = ttl ?? tenantDefault ?? (kind === 'session' ? USUAL_SESSION : undefined);
  return { ok: true, expiresAt: lasts === undefined ? undefined : later(createdAt, lasts) };
}

function isInRange(ttl: Millis): boolean {
  return ttl % ONE_SECOND === 0 && ttl >= TTL_RANGE.least && ttl <= TTL_RANGE.most;
}

type Standing = Pick<Session, 'status' | 'expiresAt' | 'closedAt'>;

/** Whether its time has passed; the instant of expiry itself is past. */
export function isOverdue(session: Pick<Session, 'expiresAt'>, at: Instant): boolean {
  return session.expiresAt !== undefined && at >= session.expiresAt;
}

/** Whether calls pass through it at `at`. */
export function isLive(session: Standing, at: Instant): boolean {
  return session.status === 'open' && !isOverdue(session, at);
}

/**
 * The session as it truly stands at `at`: one whose time has passed is expired from that instant,
 * even when no sweep has come by yet to write it down.
 */
export function asOf<S extends Standing>(session: S, at: Instant): S {
  if (session.status !== 'open' || !isOverdue(session, at)) return session;
  return { ...session, status: 'expired', closedAt: session.expiresAt };
}
