import { isClean, scanForLeaks, type Scanned } from './leaks.js';
import { painter, type Paint } from './paint.js';
import { playScene, sidesOf, type Played } from './play.js';
import { keep, type Keepsakes } from './keepsakes.js';
import { callReport, cdrReport, closing, heading, keepsakeReport, leakReport } from './report.js';
import { calleeSaw, callerSaw } from './saw.js';
import type { Scene } from './scene.js';
import { SCENES } from './scenes.js';
import { Cleanup, openWorld, type World } from './world.js';

export interface DemoOptions {
  /** One JSON object on standard output and nothing else. */
  readonly json: boolean;
  /** Where the recording and its picture are left. */
  readonly keepIn: string;
  /** The script to run as daemon; default: the one that is running now. */
  readonly entry?: string;
  /** Default: all. */
  readonly scenes?: readonly Scene[];
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

function asJson(ok: boolean, all: readonly Played[], scanned: Scanned, kept?: Keepsakes): string {
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
  return `${JSON.stringify({ ok, calls, leaks: scanned.leaks, read: scanned.read, recording: kept ?? null, cdrs }, undefined, 2)}\n`;
}

async function playAll(
  world: World,
  scenes: readonly Scene[],
  each: (played: Played) => void,
): Promise<Played[]> {
  const all: Played[] = [];
  for (const scene of scenes) {
    const played = await playScene(scene, world);
    all.push(played);
    each(played);
  }
  return all;
}

function couldNotRun(error: unknown, json: boolean, paint: Paint): string {
  const problem = error instanceof Error ? error.message : String(error);
  if (!json) return `\n${paint.red(`The demo could not run: ${problem}`)}\n`;
  return `${JSON.stringify({ ok: false, error: problem, calls: [], leaks: [], cdrs: [] })}\n`;
}

/**
 * Shows masked calls on real SIP and RTP with the real daemon.
 * @returns the exit code: 0 only if every call went as told and nothing leaked.
 */
export async function runDemo(
  options: DemoOptions,
  out: DemoOutput = process.stdout,
): Promise<number> {
  const paint = painter(!options.json && out.isTTY === true);
  const cleanup = new Cleanup();
  const noMoreSignals = stopOnSignal(cleanup);
  try {
    return (await show(options, out, { paint, cleanup })) ? 0 : 1;
  } catch (error) {
    out.write(couldNotRun(error, options.json, paint));
    return 1;
  } finally {
    await cleanup.run();
    noMoreSignals();
  }
}

async function show(
  { json, keepIn, entry = process.argv[1] ?? '', scenes = SCENES }: DemoOptions,
  out: DemoOutput,
  { paint, cleanup }: { readonly paint: Paint; readonly cleanup: Cleanup },
): Promise<boolean> {
  const say = (lines: readonly string[]): void => {
    if (!json) out.write(`${lines.join('\n')}\n`);
  };
  const started = performance.now();
  say(heading(paint));
  const world = await openWorld(entry, cleanup);
  let index = 0;
  const all = await playAll(world, scenes, (played) =>
    say(callReport(played, (index += 1), paint)),
  );
  const scanned = scanForLeaks(world);
  const tape = all.find((played) => played.tape !== undefined)?.tape;
  const kept = tape && keep(tape, keepIn);
  const ok = all.every((played) => played.ok) && isClean(scanned);
  if (json) out.write(asJson(ok, all, scanned, kept));
  say(cdrReport(all, paint));
  say(leakReport(scanned, paint));
  if (kept !== undefined) say(keepsakeReport(kept, paint));
  say(closing(ok, (performance.now() - started) / 1000, paint));
  return ok;
}
