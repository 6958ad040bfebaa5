import { scanForLeaks, type Scanned } from './leaks.js';
import { painter } from './paint.js';
import { playScene, sidesOf, type Played } from './play.js';
import { callReport, cdrReport, closing, heading, leakReport } from './report.js';
import { calleeSaw, callerSaw } from './saw.js';
import { SCENES } from './scenes.js';
import { Cleanup, openWorld, type World } from './world.js';

export interface DemoOptions {
  /** One JSON object on standard output and nothing else. */
  readonly json: boolean;
  /** The script to run as daemon; default: the one that is running now. */
  readonly entry?: string;
}

/** Where the demo writes; a terminal gets colours. */
export interface DemoOutput {
  write(text: string): void;
  readonly isTTY?: boolean;
}

const SIGNALLED = 130;

/** Ends everything on Ctrl-C, and when the reader of our output goes away (`| head`). */
function stopOnSignal(cleanup: Cleanup): () => void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    void cleanup.run().finally(() => process.exit(SIGNALLED));
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  // Every later write fails too, so this listener stays until the end.
  process.stdout.on('error', stop);
  return () => process.off('SIGINT', stop).off('SIGTERM', stop);
}

function asJson(ok: boolean, all: readonly Played[], scanned: Scanned): string {
  const calls = all.map((played) => {
    const { caller, callee } = sidesOf(played);
    return {
      name: played.scene.name,
      ok: played.ok,
      result: played.result,
      caller_saw: callerSaw(caller),
      callee_saw: calleeSaw(callee),
      legs: played.legs,
    };
  });
  const cdrs = all.flatMap((played) => played.legs);
  return `${JSON.stringify({ ok, calls, leaks: scanned.leaks, cdrs }, undefined, 2)}\n`;
}

async function playAll(world: World, each: (played: Played) => void): Promise<Played[]> {
  const all: Played[] = [];
  for (const scene of SCENES) {
    const played = await playScene(scene, world);
    all.push(played);
    each(played);
  }
  return all;
}

/**
 * Shows masked calls on real SIP with the real daemon.
 * @returns the exit code: 0 only if every call went as told and nothing leaked.
 */
export async function runDemo(
  options: DemoOptions,
  out: DemoOutput = process.stdout,
): Promise<number> {
  const entry = options.entry ?? process.argv[1] ?? '';
  const paint = painter(!options.json && out.isTTY === true);
  const say = (lines: readonly string[]): void => {
    if (!options.json) out.write(`${lines.join('\n')}\n`);
  };
  const started = performance.now();
  const cleanup = new Cleanup();
  const noMoreSignals = stopOnSignal(cleanup);
  try {
    say(heading(paint));
    const world = await openWorld(entry, cleanup);
    let index = 0;
    const all = await playAll(world, (played) => say(callReport(played, (index += 1), paint)));
    const scanned = scanForLeaks(world);
    const ok = all.every((played) => played.ok) && scanned.leaks.length === 0;
    if (options.json) out.write(asJson(ok, all, scanned));
    say(cdrReport(all, paint));
    say(leakReport(scanned, paint));
    say(closing(ok, (performance.now() - started) / 1000, paint));
    return ok ? 0 : 1;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    if (options.json)
      out.write(
        `${JSON.stringify({ ok: false, error: problem, calls: [], leaks: [], cdrs: [] })}\n`,
      );
    else out.write(`\n${paint.red(`The demo could not run: ${problem}`)}\n`);
    return 1;
  } finally {
    await cleanup.run();
    noMoreSignals();
  }
}
