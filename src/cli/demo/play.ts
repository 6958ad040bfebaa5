import { setTimeout as sleep } from 'node:timers/promises';
import type { TraceEntry } from '../../phones/trace.js';
import type { CallRecord, Cdr } from './api.js';
import type { Outcome, Scene } from './scene.js';
import type { Tape } from './tape.js';
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
  /** Of a call that was recorded. */
  readonly tape: Tape | undefined;
}

/** Time for a message that should not come to come. */
const LATE_BYTES_MS = 120;

type Attempt = Outcome & { readonly ok: boolean };

async function attempt(scene: Scene, world: World): Promise<Attempt> {
  try {
    return { ok: true, ...(await scene.play(world)) };
  } catch (error) {
    world.hangUp();
    return { ok: false, result: error instanceof Error ? error.message : String(error) };
  }
}

/** What the records tell otherwise than the scene; undefined: nothing. */
function otherwise(
  { consent }: Scene,
  { tape }: Outcome,
  legs: readonly Cdr[],
): string | undefined {
  if (legs.length === 0) return 'no record of the call was written';
  for (const [at, leg] of legs.entries()) {
    const { consent_outcome: outcome, recording_id: recording } = leg;
    if (outcome !== (consent?.[at] ?? null))
      return `consent is ${String(outcome)} in leg ${leg.leg}`;
    if (recording !== (tape?.recordingId ?? null)) return `leg ${leg.leg} names another recording`;
  }
  return undefined;
}

/** Plays one scene and collects its record. A refused call leaves a record too. */
export async function playScene(scene: Scene, world: World): Promise<Played> {
  const known = new Set((await world.api.calls()).map((call) => call.id));
  const [fromCustomer, fromAgent] = [world.customer.trace.mark, world.agent.trace.mark];
  const outcome = await attempt(scene, world);
  await sleep(LATE_BYTES_MS);
  const record: CallRecord | undefined = await world.api.endedCall(known);
  const legs = record?.legs ?? [];
  const wrong = outcome.ok ? otherwise(scene, outcome, legs) : undefined;
  return {
    scene,
    ok: outcome.ok && wrong === undefined,
    result: wrong ?? outcome.result,
    customer: world.customer.trace.since(fromCustomer),
    agent: world.agent.trace.since(fromAgent),
    legs,
    tape: outcome.tape,
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
