import type { CpuResult } from '../modes/cpu.js';
import type { OverloadResult } from '../modes/overload.js';
import type { RampResult } from '../modes/ramp.js';
import type { RssResult } from '../modes/rss.js';
import type { SystemName } from '../systems/system.js';
import { figure, table } from './table.js';

/** All other systems are compared with this one. */
const YARDSTICK: SystemName = 'drachtio';

export function cpuTable(results: readonly CpuResult[]): string {
  const yardstick = results.find((each) => each.system === YARDSTICK);
  const head = ['system', 'calls/s', 'failed', 'retrans.', 'CPU-ms/call', '×'];
  const more = ['with clean-up', '×', 'delay p50', 'p99 ms', 'RSS MB start', '⅓', 'end', 'others'];
  const rows = results.map((each) => [
    each.system,
    figure(each.reachedPerSecond),
    figure(each.failed),
    figure(each.retransmissions),
    figure(each.cpuMsPerCall, 2),
    ratio(each.cpuMsPerCall, yardstick?.cpuMsPerCall),
    figure(each.cpuMsPerCallWithCleanup, 2),
    ratio(each.cpuMsPerCallWithCleanup, yardstick?.cpuMsPerCallWithCleanup),
    figure(each.delay?.p50Ms, 2),
    figure(each.delay?.p99Ms, 2),
    figure(each.memoryMb.start),
    figure(each.memoryMb.third),
    figure(each.memoryMb.end),
    `${figure(each.othersBusyPercent)} %`,
  ]);
  const parts = results
    .filter((each) => Object.keys(each.cpuMsPerCallByPart).length > 1)
    .map((each) => `${each.system} = ${byPart(each.cpuMsPerCallByPart)}`);
  const shares = parts.length === 0 ? '' : `\n\nCPU-ms per call by process: ${parts.join('; ')}.`;
  return table([...head, ...more], rows) + shares;
}

function byPart(parts: Readonly<Record<string, number>>): string {
  return Object.entries(parts)
    .map(([name, ms]) => `${name} ${figure(ms, 2)}`)
    .join(' + ');
}

export function rampTable(results: readonly RampResult[]): string {
  const yardstick = results.find((each) => each.system === YARDSTICK);
  const rows = results.map((each) => [
    each.system,
    figure(each.sustained),
    ratio(each.sustained, yardstick?.sustained),
    figure(each.sustainedLong),
    ratio(each.sustainedLong, yardstick?.sustainedLong),
  ]);
  const summary = table(['system', 'sustained calls/s', '×', '90 s', '×'], rows);
  const steps = results.flatMap((result) =>
    result.steps.map((step) => [
      result.system,
      figure(step.rate),
      figure(step.seconds),
      step.verdict,
      figure(step.offeredPerSecond),
      figure(step.reachedPerSecond),
      figure(step.failed),
      figure(step.retransmissions),
      figure(step.cpuMsPerCall, 2),
      figure(step.delay?.p99Ms, 1),
      figure(step.memoryMb.end),
      `${figure(step.machineBusyPercent)} %`,
      `${figure(step.othersBusyPercent)} %`,
    ]),
  );
  const head = ['system', 'rate', 's', 'verdict', 'offered/s', 'reached/s', 'failed', 'retrans.'];
  const more = ['CPU-ms/call', 'p99 ms', 'RSS MB', 'machine busy', 'others'];
  return `${summary}\n\n${table([...head, ...more], steps)}`;
}

export function overloadTable(results: readonly OverloadResult[]): string {
  const head = ['system', 'sustained', 'offered/s', 'offered', 'succeeded', '/s', 'of sustained'];
  const more = [
    '503',
    'neither',
    'standing calls unharmed',
    '5 s after: calls',
    'failed',
    'p99 ms',
  ];
  const rows = results.map((each) => [
    each.system,
    figure(each.sustained),
    figure(each.offeredPerSecond),
    figure(each.offered),
    figure(each.succeeded),
    figure(each.succeededPerSecond),
    `${figure(100 * each.shareOfSustained)} %`,
    figure(each.refused),
    figure(each.neither),
    `${each.standing.unharmed} of ${each.standing.calls}`,
    `${each.after.calls} at ${each.after.rate}/s`,
    figure(each.after.failed),
    figure(each.after.delay?.p99Ms, 1),
  ]);
  return table([...head, ...more], rows);
}

export function rssTable(results: readonly RssResult[]): string {
  const marks = results[0]?.at.map(({ call }) => `MB at ${call / 1000}k`) ?? [];
  const head = ['system', 'calls/s', 'calls', 'failed', 'MB start', ...marks, 'growth'];
  const rows = results.map((each) => [
    each.system,
    figure(each.rate),
    figure(each.calls),
    figure(each.failed),
    figure(each.startMb),
    ...each.at.map(({ mb }) => figure(mb)),
    `${figure(each.growthPercent, 1)} %`,
  ]);
  return table(head, rows);
}

function ratio(value: number | undefined, yardstick: number | undefined): string {
  if (value === undefined || yardstick === undefined || yardstick === 0) return '–';
  return (value / yardstick).toFixed(2);
}
