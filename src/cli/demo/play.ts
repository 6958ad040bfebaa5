import { setTimeout as sleep } from 'node:timers/promises';
import type { TraceEntry } from '../../phones/trace.js';
import type { CallRecord, Cdr } from './api.js';
import type { Scene } from './scenes.js';
import type { World } from './world.js';

/** How one scene went, with everything both phones sent and received meanwhile. */
export interface Played {
  readonly scene: Scene;
  readonly ok: boolean;
  /** How the call ended, or what went wrong. */
  readonly result: string;
  readonly customer: readonly TraceEntry[];
  readonly agent: readonly TraceEntry[];
  readonly legs: readonly Cdr[];
}

/** Time for a message that should not come to come. */
const LATE_BYTES_MS = 120;

async function attempt(scene: Scene, world: World): Promise<Pick<Played, 'ok' | 'result'>> {
  try {
    return { ok: true, result: await scene.play(world) };
  } catch (error) {
    return { ok: false, result: error instanceof Error ? error.message : String(error) };
  }
}

/** Plays one scene and collects its record. A refused call leaves a record too. */
export async function playScene(scene: Scene, world: World): Promise<Played> {
  const known = new Set((await world.api.calls()).map((call) => call.id));
  const [fromCustomer, fromAgent] = [world.customer.trace.mark, world.agent.trace.mark];
  const outcome = await attempt(scene, world);
  await sleep(LATE_BYTES_MS);
  const record: CallRecord | undefined = await world.api.endedCall(known);
  const legs = record?.legs ?? [];
  return {
    scene,
    ok: outcome.ok && legs.length > 0,
    result: outcome.ok && legs.length === 0 ? 'no record of the call was written' : outcome.result,
    customer: world.customer.trace.since(fromCustomer),
    agent: world.agent.trace.since(fromAgent),
    legs,
  };
}

/** Whose wire is whose in a scene. */
export function sidesOf(played: Played): {
  caller: readonly TraceEntry[];
  callee: readonly TraceEntry[];
} {
  const { customer, agent } = played;
  return played.scene.caller === 'customer'
    ? { caller: customer, callee: agent }
    : { caller: agent, callee: customer };
}
