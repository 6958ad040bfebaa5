/**
 * npm run bench -- --help
 *
 * SIPp → system under test → SIPp on loopback: what a call costs, how many fit, how long setup
 * takes; Callveil beside what one would run in its place. bench/README.md says how to read it.
 */
import { stopAllChildren } from './measure/child.js';
import { describeMachine, machineLine } from './measure/machine.js';
import { measureCpu } from './modes/cpu.js';
import { measureOverload } from './modes/overload.js';
import { measureRamp, type RampResult } from './modes/ramp.js';
import { measureRss } from './modes/rss.js';
import { removeAllDirectories } from './measure/stage.js';
import { readOptions, usage, type BenchOptions, type Mode } from './options.js';
import { say } from './report/say.js';
import { cpuTable, overloadTable, rampTable, rssTable } from './report/tables.js';
import { writeResults } from './report/write.js';
import { callveil } from './systems/callveil.js';
import { drachtio } from './systems/drachtio.js';
import { engine } from './systems/engine.js';
import { kamailio } from './systems/kamailio.js';
import type { SystemKind, SystemName } from './systems/system.js';
import { requireTools } from './tools.js';

const KINDS: Readonly<Record<SystemName, SystemKind>> = { callveil, engine, drachtio, kamailio };

interface Report {
  readonly title: string;
  readonly text: string;
  readonly results: readonly object[];
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Those asked for that can run here; the others are named with what they lack. */
function presentKinds(options: BenchOptions): SystemKind[] {
  return options.systems
    .map((name) => KINDS[name])
    .filter((kind) => {
      const lack = kind.missing();
      if (lack !== undefined) say(`without ${kind.name}: ${lack}`);
      return lack === undefined;
    });
}

async function runMode(
  mode: Mode,
  kinds: readonly SystemKind[],
  options: BenchOptions,
  ramps: Map<SystemName, number>,
): Promise<Report> {
  const { rate, seconds } = options;
  switch (mode) {
    case 'cpu': {
      const results = await measureCpu(kinds, options, say);
      return { title: `${rate} calls/s for ${seconds} s`, text: cpuTable(results), results };
    }
    case 'ramp': {
      const results = await measureRamp(kinds, options, say);
      remember(results, ramps);
      return { title: 'Sustained rate', text: rampTable(results), results };
    }
    case 'overload': {
      if (ramps.size === 0) remember(await measureRamp(kinds, options, say), ramps);
      const results = await measureOverload(kinds, ramps, options, say);
      return { title: `Overload for ${seconds} s`, text: overloadTable(results), results };
    }
    case 'rss': {
      const results = await measureRss(kinds, options, say);
      return { title: 'Memory', text: rssTable(results), results };
    }
  }
}

function remember(results: readonly RampResult[], ramps: Map<SystemName, number>): void {
  for (const { system, sustained } of results) ramps.set(system, sustained);
}

async function bench(options: BenchOptions): Promise<void> {
  requireTools();
  const kinds = presentKinds(options);
  if (kinds.length === 0) throw new Error('none of these systems can run here');
  const machine = describeMachine();
  const { sustained } = options;
  const ramps = new Map<SystemName, number>(
    sustained === undefined ? [] : kinds.map((kind) => [kind.name, sustained]),
  );
  const where = `Machine: ${machineLine(machine)}.`;
  const which = kinds.map((kind) => `* ${kind.name} ${kind.version()}: ${kind.about}`).join('\n');
  if (!options.json) print(`${where}\n\n${which}`);
  const all: Partial<Record<Mode, readonly object[]>> = {};
  for (const mode of options.modes) {
    const { title, text, results } = await runMode(mode, kinds, options, ramps);
    all[mode] = results;
    if (!options.json) print(`\n${title}; × is the ratio to drachtio\n\n${text}`);
    if (options.write) writeResults(mode, `${title}. ${where}\n\n${which}\n\n${text}`);
  }
  if (options.json) print(JSON.stringify({ machine, options, ...all }, undefined, 2));
}

// However the bench ends, nothing of it is left: no process and no file.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    void stopAllChildren().then(() => {
      removeAllDirectories();
      process.exit(130);
    });
  });
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') print(usage);
  else await bench(options);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  await stopAllChildren();
}
