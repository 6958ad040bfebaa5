import type { HeaderField } from '../../sip-server/message/sip-message.js';

/** Why a channel ended: FreeSWITCH's names with their numbers (Q.850, from 500 on its own). */
const causes = {
  NONE: 0,
  NO_ROUTE_DESTINATION: 3,
  NORMAL_CLEARING: 16,
  USER_BUSY: 17,
  NO_USER_RESPONSE: 18,
  CALL_REJECTED: 21,
  DESTINATION_OUT_OF_ORDER: 27,
  NORMAL_UNSPECIFIED: 31,
  NORMAL_TEMPORARY_FAILURE: 41,
  RECOVERY_ON_TIMER_EXPIRE: 102,
  ORIGINATOR_CANCEL: 487,
  SYSTEM_SHUTDOWN: 501,
  MANAGER_REQUEST: 503,
  MEDIA_TIMEOUT: 604,
} as const;

export type HangupCause = keyof typeof causes;

/** By name in any case, or by number, as `uuid_kill` and `hangup` take it. */
export function hangupCauseOf(text: string): HangupCause | undefined {
  const wanted = text.trim().toUpperCase();
  for (const [name, number] of Object.entries(causes)) {
    if (name === wanted || String(number) === wanted) return name as HangupCause;
  }
  return undefined;
}

/** RFC 3326, for our BYE: numbers of Q.850 by that name, others by FreeSWITCH's. */
export function reasonHeader(cause: HangupCause): HeaderField {
  const number = causes[cause];
  const protocol = number < 128 ? 'Q.850' : 'FreeSWITCH';
  return { name: 'Reason', value: `${protocol};cause=${String(number)};text="${cause}"` };
}
