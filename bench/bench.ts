/**
 * npm run bench -- --help
 *
 * SIPp → system under test → SIPp on loopback: what a call costs, how many fit, how long setup
 * takes; Callveil beside what one would run in its place. bench/README.md says how to read it.
 */
import { stopAllChildren } from './measure/child.js';
import { describeMachine, machineLine, ownVersion } from './measure/machine.js';
import { stopLineChildren } from './media/line-child.js';
import { measureAnchored } from './modes/anchored.js';
import { measureCpu } from './modes/cpu.js';
import { freeSwitchToMeasure, measureMedia } from './modes/media.js';
import { measureOverload } from './modes/overload.js';
import { measureRamp, type RampResult } from './modes/ramp.js';
import { measureRss } from './modes/rss.js';
import { removeAllDirectories } from './measure/stage.js';
import { readOptions, usage, type BenchOptions, type Mode } from './options.js';
import { anchoredTable, mediaTable } from './report/media-table.js';
import { say } from './report/say.js';
import { cpuTable, overloadTable, rampTable, rssTable } from './report/tables.js';
import { writeResults } from './report/write.js';
import { anchoredKinds, callveil } from './systems/callveil.js';
import { drachtio } from './systems/drachtio.js';
import { engine } from './systems/engine.js';
import { kamailio } from './systems/kamailio.js';
import type { SystemKind, SystemName } from './systems/system.js';
import { requireTools } from './tools.js';

const KINDS: Readonly<Record<SystemName, SystemKind>> = { callveil, engine, drachtio, kamailio };

interface Report {
  readonly title: string;
  /** What the columns × are a ratio to, and what was measured, where it is not the systems. */
  readonly yardstick?: string;
  readonly which?: string;
  readonly text: string;
  readonly results: readonly object[];
}

/** The others bring what they measure. */
const isOfSystems = (mode: Mode): boolean => mode !== 'media' && mode !== 'anchored';

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
    case 'media':
      return measuredMedia(options);
    case 'anchored':
      return measuredAnchored(options);
  }
}

async function measuredMedia(options: BenchOptions): Promise<Report> {
  const version = await freeSwitchToMeasure(say);
  const results = await measureMedia(options, say);
  const which = [
    `* embedded ${ownVersion()}: our media server in its thread`,
    ...(version === undefined ? [] : [`* freeswitch ${version}: its process, same calls`]),
  ].join('\n');
  const title = `G.711 calls of two legs for ${options.mediaSeconds} s`;
  return { title, yardstick: 'freeswitch', which, text: mediaTable(results), results };
}

async function measuredAnchored(options: BenchOptions): Promise<Report> {
  const { anchoredRate, seconds } = options;
  const results = await measureAnchored(options, say);
  const which = anchoredKinds.map(({ name, about }) => `* ${name}: ${about}`).join('\n');
  const title = `${anchoredRate} calls/s for ${seconds} s, each staying for a second`;
  return { title, yardstick: 'direct', which, text: anchoredTable(results), results };
}

function remember(results: readonly RampResult[], ramps: Map<SystemName, number>): void {
  for (const { system, sustained } of results) ramps.set(system, sustained);
}

async function bench(options: BenchOptions): Promise<void> {
  requireTools();
  const kinds = presentKinds(options);
  if (kinds.length === 0 && options.modes.some(isOfSystems))
    throw new Error('none of these systems can run here');
  const machine = describeMachine();
  const { sustained } = options;
  const ramps = new Map<SystemName, number>(
    sustained === undefined ? [] : kinds.map((kind) => [kind.name, sustained]),
  );
  const where = `Machine: ${machineLine(machine)}.`;
  const which = kinds.map((kind) => `* ${kind.name} ${kind.version()}: ${kind.about}`).join('\n');
  if (!options.json) print(where);
  const all: Partial<Record<Mode, readonly object[]>> = {};
  for (const mode of options.modes) {
    const report = await runMode(mode, kinds, options, ramps);
    const { title, yardstick = 'drachtio', text } = report;
    const about = report.which ?? which;
    all[mode] = report.results;
    if (!options.json) print(`\n${title}; × is the ratio to ${yardstick}\n\n${about}\n\n${text}`);
    if (options.write) writeResults(mode, `${title}. ${where}\n\n${about}\n\n${text}`);
  }
  if (options.json) print(JSON.stringify({ machine, options, ...all }, undefined, 2));
}

// However the bench ends, nothing of it is left: no process and no file.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    stopLineChildren();
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
