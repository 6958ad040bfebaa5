import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HoldWish, Target } from '../media/endpoints-holder.js';
import { freeSwitchHere, FREESWITCH_MISSING, pidOf, versionOf } from '../media/freeswitch.js';
import { LineChild } from '../media/line-child.js';
import { machineBusyMs, memoryMb } from '../measure/processes.js';
import { RtpCapture, type RtpSeen } from '../measure/rtp-capture.js';
import { sumUs, threadTimesUs, usedUs } from '../measure/threads.js';
import type { BenchOptions } from '../options.js';
import type { Say } from '../report/say.js';

export interface MediaResult extends RtpSeen {
  readonly server: MediaServerName;
  readonly calls: number;
  readonly recorded: boolean;
  /** Of the media server: its thread, or FreeSWITCH's process. */
  readonly cpuPercentPerCall: number;
  /** Of the whole process that holds the calls and, if embedded, the media server. */
  readonly holderPercentPerCall: number;
  readonly memoryMb: number;
  /** Of all cores, all processes. */
  readonly machineBusyPercent: number;
}

export type MediaServerName = 'embedded' | 'freeswitch';

/** As the callers count, and not measured. */
const WARM_UP_MS = 2_000;
/** Below the ports that the kernel gives to callers. */
const LOWEST_PORT = 20_000;
const CORES = availableParallelism();

/** FreeSWITCH's version for the report; says why it is not measured when it is not. */
export async function freeSwitchToMeasure(say: Say): Promise<string | undefined> {
  const address = freeSwitchHere();
  if (address === undefined) say(`without freeswitch: ${FREESWITCH_MISSING}`);
  return address && (await versionOf(address));
}

/** Both servers take turns, the same load on each. */
export async function measureMedia(options: BenchOptions, say: Say): Promise<MediaResult[]> {
  const servers: MediaServerName[] =
    freeSwitchHere() === undefined ? ['embedded'] : ['embedded', 'freeswitch'];
  const results: MediaResult[] = [];
  for (const recorded of [false, true]) {
    for (const calls of options.calls) {
      for (const server of servers) {
        say(`${server}: ${calls} calls ${recorded ? 'recorded' : 'relayed'}`);
        results.push(await measure(server, calls, recorded, options.mediaSeconds));
      }
    }
  }
  return results;
}

async function measure(
  server: MediaServerName,
  calls: number,
  recorded: boolean,
  seconds: number,
): Promise<MediaResult> {
  const directory = mkdtempSync(join(tmpdir(), 'callveil-bench-media-'));
  const holder = new LineChild(join(import.meta.dirname, '../media/endpoints-holder.ts'));
  const callers = new LineChild(join(import.meta.dirname, '../media/rtp-callers.ts'));
  try {
    const ports = await callers.ask<number[]>(2 * calls);
    const freeswitch = server === 'freeswitch' ? freeSwitchHere() : undefined;
    const record = recorded ? directory : undefined;
    const wish: HoldWish = { freeswitch, callers: ports, record, lowestPort: LOWEST_PORT };
    const targets = await holder.ask<Target[]>(wish);
    const serverPid = freeswitch === undefined ? holder.pid : pidOf(freeswitch);
    const capture = await RtpCapture.start(directory);
    const heard = callers.ask<object>({ targets, seconds });
    await sleep(WARM_UP_MS);
    const used = await costs(holder.pid, serverPid, seconds);
    await heard;
    const seen = await capture.stop(WARM_UP_MS);
    const faults = await holder.ask<string[]>('end');
    if (faults.length > 0) throw new Error(`${server}: endpoints were lost: ${faults.join(', ')}`);
    if (recorded) insistOnFiles(directory, calls, seconds);
    const percentPerCall = (us: number): number => us / 10_000 / seconds / calls;
    return {
      server,
      calls,
      recorded,
      ...seen,
      cpuPercentPerCall: percentPerCall(used.serverUs),
      holderPercentPerCall: percentPerCall(used.holderUs),
      memoryMb: used.memoryMb,
      machineBusyPercent: used.busyPercent,
    };
  } finally {
    holder.stop();
    callers.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Costs {
  readonly serverUs: number;
  readonly holderUs: number;
  readonly memoryMb: number;
  readonly busyPercent: number;
}

async function costs(holder: number, server: number, seconds: number): Promise<Costs> {
  const begun = performance.now();
  const before = { holder: threadTimesUs(holder), server: threadTimesUs(server) };
  const busyBefore = machineBusyMs();
  await sleep(seconds * 1_000);
  const busyMs = machineBusyMs() - busyBefore;
  const held = usedUs(before.holder, threadTimesUs(holder));
  const served = server === holder ? held : usedUs(before.server, threadTimesUs(server));
  // Of the holder's threads the media server's is by far the busiest: the others wait for calls to end.
  const serverUs = server === holder ? (held[0]?.us ?? 0) : sumUs(served);
  const wall = (performance.now() - begun) / 1_000 / seconds;
  return {
    serverUs: serverUs / wall,
    holderUs: sumUs(held) / wall,
    memoryMb: memoryMb(server),
    busyPercent: (100 * busyMs) / (performance.now() - begun) / CORES,
  };
}

/** A server that does not record is cheap. Stereo, 16 bits, 8 kHz: 32,000 bytes a second. */
function insistOnFiles(directory: string, calls: number, seconds: number): void {
  const files = readdirSync(directory).filter((name) => name.endsWith('.wav'));
  const short = files.filter((name) => statSync(join(directory, name)).size < 32_000 * seconds);
  if (files.length === calls && short.length === 0) return;
  throw new Error(`${files.length} of ${calls} calls recorded, ${short.length} of them too short`);
}
