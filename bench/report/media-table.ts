import type { AnchoredResult } from '../modes/anchored.js';
import type { MediaResult } from '../modes/media.js';
import { figure, table } from './table.js';

/** The ratio is to FreeSWITCH with the same calls. */
export function mediaTable(results: readonly MediaResult[]): string {
  const head = ['server', 'calls', 'CPU %/call', '×', 'whole process', 'lost %', 'late %'];
  const more = ['ms p50', 'p99', 'p99.9', 'sent late %', 'RSS MB', 'machine busy'];
  const rows = results.map((each) => [
    `${each.server}, ${each.recorded ? 'recorded' : 'relayed'}`,
    figure(each.calls),
    figure(each.cpuPercentPerCall, 3),
    ratio(each, results),
    each.server === 'embedded' ? figure(each.holderPercentPerCall, 3) : '–',
    share(each.lost, each),
    share(each.late, each),
    figure(each.p50Ms, 1),
    figure(each.p99Ms, 1),
    figure(each.p999Ms, 1),
    share(each.sentLate, each),
    figure(each.memoryMb),
    `${figure(each.machineBusyPercent)} %`,
  ]);
  return table([...head, ...more], rows) + unseen(results);
}

function ratio(one: MediaResult, all: readonly MediaResult[]): string {
  const yardstick = all.find(
    ({ server, calls, recorded }) =>
      server === 'freeswitch' && calls === one.calls && recorded === one.recorded,
  );
  if (yardstick === undefined) return '–';
  return (one.cpuPercentPerCall / yardstick.cpuPercentPerCall).toFixed(2);
}

const share = (part: number, { sent }: MediaResult): string =>
  sent === 0 ? '–' : ((100 * part) / sent).toFixed(3);

/** A capture with holes would call a server's packets lost. */
function unseen(results: readonly MediaResult[]): string {
  const packets = results.reduce((sum, each) => sum + each.unseen, 0);
  return packets === 0
    ? ''
    : `\n\n${packets} packets escaped tcpdump; what is lost is less than it says.`;
}

/** The ratio is to the same daemon with direct media. */
export function anchoredTable(results: readonly AnchoredResult[]): string {
  const direct = results[0]?.cpuMsPerCall ?? 0;
  const head = ['calls', 'calls/s', 'failed', 'CPU-ms/call', '×', 'delay p50', 'p99 ms'];
  const more = ['first prompt ms p50', 'p99', 'max', 'parties', 'silent', 'others'];
  const rows = results.map((each) => [
    each.system,
    figure(each.reachedPerSecond),
    figure(each.failed),
    figure(each.cpuMsPerCall, 2),
    (each.cpuMsPerCall / direct).toFixed(2),
    figure(each.delay?.p50Ms, 2),
    figure(each.delay?.p99Ms, 2),
    figure(each.prompt?.p50Ms, 1),
    figure(each.prompt?.p99Ms, 1),
    figure(each.prompt?.maxMs, 1),
    figure(each.prompt?.parties),
    figure(each.prompt?.silent),
    `${figure(each.othersBusyPercent)} %`,
  ]);
  return table([...head, ...more], rows);
}
