import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../src/phones/free-port.js';
import { Capture } from './capture.js';
import { setupDelay, type SetupDelay } from './delay.js';
import { cpuMs, machineBusyMs, memoryMb } from './processes.js';
import { Sipp, steadyRate } from './sipp.js';
import type { Stage } from './stage.js';

export interface LoadOptions {
  readonly rate: number;
  readonly seconds: number;
  /** How long the system's clean-up is measured afterwards; 0: not at all. */
  readonly cleanupSeconds: number;
  /** How long each call stays; default: it is hung up at once. */
  readonly holdMs?: number;
}

/** What came of one run; times of processes are user and system time. */
export interface LoadResult {
  readonly offeredPerSecond: number;
  readonly reachedPerSecond: number;
  readonly calls: number;
  readonly failed: number;
  /** Among the failed: answered 503. */
  readonly refused: number;
  /** Messages that either SIPp had to send again. */
  readonly retransmissions: number;
  readonly cpuMsPerCall: number;
  /** Undefined when the clean-up was not measured. */
  readonly cpuMsPerCallWithCleanup: number | undefined;
  readonly cpuMsPerCallByPart: Readonly<Record<string, number>>;
  readonly delay: SetupDelay | undefined;
  readonly memoryMb: { readonly start: number; readonly third: number; readonly end: number };
  /** Busy share of all cores. */
  readonly machineBusyPercent: number;
  /** Busy share of all cores that neither the system nor the load has caused. */
  readonly othersBusyPercent: number;
}

/** Timers of SIP last 32 s; then a transaction is forgotten, and that work belongs to its call. */
export const CLEANUP_SECONDS = 36;
/** A call that gets no answer is given up by SIPp after 32 s. */
const STRAGGLER_SECONDS = 40;
/** Warming up is no storm; the longer it is, the less of the compiler's work falls into the run. */
const WARM_UP_RATE = 100;

const CORES = availableParallelism();

/** Numbers the callers' files. */
let runs = 0;

/** Calls through the system so that both it and the files it reads are warm; not counted. */
export async function warmUp(
  stage: Stage,
  seconds = 5,
  rate = WARM_UP_RATE,
  leastShare = 0.95,
): Promise<void> {
  const carrier = await callThrough(stage, rate, rate * seconds);
  const ended = await carrier.child.done((seconds + STRAGGLER_SECONDS) * 1000);
  await carrier.child.stop();
  const { completed } = carrier.last();
  if (ended && completed >= rate * seconds * leastShare) return;
  const words = stage.system.parts.map((part) => part.name).join(', ');
  throw new Error(`${completed} of ${rate * seconds} calls came through to warm up ${words}`);
}

/** A SIPp that calls through the system, from a port of its own. */
export async function callThrough(
  stage: Stage,
  rate: number,
  calls: number,
  holdMs?: number,
): Promise<Sipp> {
  runs += 1;
  const { host } = stage.place.carrier;
  return Sipp.call({
    name: `carrier-${runs}`,
    directory: stage.place.directory,
    local: { host, port: await freePort(host) },
    remote: stage.system.sip,
    callers: stage.callersFile,
    rate,
    calls,
    ...(holdMs !== undefined && { holdMs }),
  });
}

/** A fixed rate for a fixed time, then what it cost. */
export async function runLoad(stage: Stage, options: LoadOptions): Promise<LoadResult> {
  const { rate, seconds, cleanupSeconds } = options;
  const { system, pbx } = stage;
  const capture = await Capture.start('invites', stage.place.directory, system.sip);
  const pbxBefore = pbx.last();
  const before = meter(stage, [pbx.child.pid, capture.pid]);
  const carrier = await callThrough(stage, rate, Math.round(rate * seconds), options.holdMs);
  const load = [pbx.child.pid, capture.pid, carrier.child.pid];
  await sleep((seconds * 1000) / 3);
  const third = memoryOf(stage);
  await sleep((seconds * 2000) / 3);
  const end = memoryOf(stage);
  // SIPp takes its own CPU time with it, so the share of others is read while it is still there.
  const during = meter(stage, load);
  await carrier.child.done(STRAGGLER_SECONDS * 1000);
  const after = meter(stage, load);
  await sleep(cleanupSeconds * 1000);
  const cleaned = meter(stage, load);
  const delay = setupDelay(await capture.stop(), system.callers);
  await carrier.child.stop();
  const samples = carrier.samples();
  const total = carrier.last();
  const perCall = (ms: number): number => ms / Math.max(1, total.completed);
  const cpu = sum(after.parts) - sum(before.parts);
  return {
    offeredPerSecond: steadyRate(samples, 'created'),
    reachedPerSecond: steadyRate(samples, 'completed'),
    calls: total.created,
    failed: total.created - total.completed,
    refused: total.refused,
    retransmissions: total.retransmissions + pbx.last().retransmissions - pbxBefore.retransmissions,
    cpuMsPerCall: perCall(cpu),
    cpuMsPerCallWithCleanup:
      cleanupSeconds === 0 ? undefined : perCall(sum(cleaned.parts) - sum(before.parts)),
    cpuMsPerCallByPart: Object.fromEntries(
      system.parts.map(({ name }, i) => [
        name,
        perCall((after.parts[i] ?? 0) - (before.parts[i] ?? 0)),
      ]),
    ),
    delay,
    memoryMb: { start: before.memory, third, end },
    ...busyShares(before, during),
  };
}

interface Meter {
  readonly atMs: number;
  /** CPU time of each part of the system. */
  readonly parts: readonly number[];
  /** CPU time of SIPp, tcpdump and this process. */
  readonly load: number;
  readonly machine: number;
  readonly memory: number;
}

function meter(stage: Stage, load: readonly number[]): Meter {
  const own = process.cpuUsage();
  return {
    atMs: performance.now(),
    parts: stage.system.parts.map(({ pid }) => cpuMs(pid)),
    load: sum(load.map(cpuMs)) + (own.user + own.system) / 1000,
    machine: machineBusyMs(),
    memory: memoryOf(stage),
  };
}

function busyShares(
  before: Meter,
  during: Meter,
): Pick<LoadResult, 'machineBusyPercent' | 'othersBusyPercent'> {
  const available = (during.atMs - before.atMs) * CORES;
  const machine = during.machine - before.machine;
  const ours = sum(during.parts) - sum(before.parts) + during.load - before.load;
  return {
    machineBusyPercent: (100 * machine) / available,
    othersBusyPercent: Math.max(0, (100 * (machine - ours)) / available),
  };
}

function memoryOf(stage: Stage): number {
  return sum(stage.system.parts.map(({ pid }) => memoryMb(pid)));
}

const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0);
