import type { IncomingCall } from '../../src/phones/incoming-call.js';
import type { OutgoingCall } from '../../src/phones/outgoing-call.js';
import { everyCall } from './api.js';
import { Lab } from './lab.js';

export interface CrashFigures {
  readonly live_calls: number;
  readonly legs_of_killed_calls: number;
  readonly legs_node_crashed: number;
  readonly restart_ms: number;
  /** What a BYE inside a killed call was answered after the restart. */
  readonly bye_in_killed_call: number;
  readonly new_call: string;
  readonly legs_after_second_restart: number;
}

/** Kills the daemon with -9 during live calls, starts it again on the same data, and counts. */
export async function crash(calls: number): Promise<CrashFigures> {
  const lab = await Lab.open();
  try {
    const live: { caller: OutgoingCall; callee: IncomingCall }[] = [];
    for (let i = 0; i < calls; i += 1) live.push(await lab.talking());
    await lab.daemon.kill9();
    const killedAt = performance.now();
    await lab.daemon.restart();
    const restartMs = Math.round(performance.now() - killedAt);

    const legs = (await everyCall(lab.daemon.api)).flatMap((call) => call.legs);
    const crashed = legs.filter((leg) => leg['reason'] === 'node-crashed' && leg.ended_at !== null);
    const bye = await live[0]?.caller.bye();
    const { caller, callee } = await lab.talking();
    await caller.bye();
    await callee.expect('BYE');

    // What recovery has ended stays as it is when the daemon starts once more.
    await lab.daemon.terminate();
    await lab.daemon.restart();
    const later = (await everyCall(lab.daemon.api)).flatMap((call) => call.legs);
    return {
      live_calls: live.length,
      legs_of_killed_calls: legs.length,
      legs_node_crashed: crashed.length,
      restart_ms: restartMs,
      bye_in_killed_call: bye?.status ?? 0,
      new_call: String(later.find((leg) => leg['reason'] !== 'node-crashed')?.['reason']),
      legs_after_second_restart: later.length,
    };
  } finally {
    await lab.close();
  }
}
