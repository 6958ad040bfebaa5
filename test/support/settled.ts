import { expect } from 'vitest';
import type { Api, Cdr } from './api.js';

/** Waits until every leg of every call has ended: nothing may be left over, whatever was raced. */
export async function allLegsEnded(api: Api, timeoutMs = 4000): Promise<void> {
  await expect
    .poll(async () => (await legs(api)).filter((leg) => leg.ended_at === null).length, {
      timeout: timeoutMs,
    })
    .toBe(0);
}

export async function legs(api: Api): Promise<Cdr[]> {
  return (await api.calls()).flatMap((call) => call.legs);
}

/** The reason on the records of the newest call. */
export async function lastReason(api: Api): Promise<unknown> {
  return (await api.calls())[0]?.legs[0]?.['reason'];
}
