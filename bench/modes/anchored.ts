import { PromptCapture, type FirstPrompt } from '../measure/first-prompt.js';
import { runLoad, warmUp, type LoadResult } from '../measure/load.js';
import { withSystem } from '../measure/stage.js';
import type { BenchOptions } from '../options.js';
import type { Say } from '../report/say.js';
import { anchoredKinds } from '../systems/callveil.js';
import type { AnchoredName } from '../systems/system.js';

export interface AnchoredResult extends LoadResult {
  readonly system: AnchoredName;
  /** Undefined where nothing is said. */
  readonly prompt: FirstPrompt | undefined;
}

/** Long enough for the endpoints to be bridged, and for a prompt to begin. */
const HOLD_MS = 1_000;

export async function measureAnchored(options: BenchOptions, say: Say): Promise<AnchoredResult[]> {
  const results: AnchoredResult[] = [];
  const { anchoredRate: rate, seconds } = options;
  for (const kind of anchoredKinds) {
    say(`${kind.name}: ${rate} calls/s for ${seconds} s`);
    const result = await withSystem(kind, async (stage) => {
      // A cold daemon on a busy machine turns some away, which is no fault of what is measured then.
      await warmUp(stage, 10, rate, 0.1);
      const capture = kind.name === 'prompted' && (await PromptCapture.start(stage.place));
      const load = await runLoad(stage, { rate, seconds, cleanupSeconds: 0, holdMs: HOLD_MS });
      return { ...load, prompt: capture === false ? undefined : await capture.stop() };
    });
    results.push({ system: kind.name, ...result });
  }
  return results;
}
