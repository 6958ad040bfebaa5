import { verdict } from '../domain/calls/verdict.js';
import { millis, type Clock, type Millis } from '../domain/time.js';
import type { LiveCalls } from '../flows/live-calls.js';
import type { Log } from '../flows/ports/telemetry.js';
import type { SipEngine } from './sip-engine.js';

/** A running daemon, whole or not at all. */
export interface Daemon {
  readonly clock: Clock;
  readonly log: Log;
  readonly calls: LiveCalls;
  readonly drainLimit: Millis;
  readonly engine: SipEngine;
  stop(): Promise<void>;
}

/** Time for the BYEs of a cut drain to reach the wire and be answered. */
const LAST_WORDS = millis(500);

/**
 * Runs until it is told to stop. SIGTERM drains: no new calls, the ones that talk may finish within
 * the drain limit. SIGINT, or a second signal, ends them at once; either way every record is closed.
 * @returns the exit code: 0 after an orderly stop, 1 when the SIP engine died under us.
 */
export async function runUntilStopped(daemon: Daemon): Promise<number> {
  const { log, calls, clock } = daemon;
  const cut = new AbortController();
  const why = await new Promise<'SIGTERM' | 'SIGINT' | 'engine'>((resolve) => {
    process.once('SIGTERM', () => resolve('SIGTERM'));
    process.once('SIGINT', () => resolve('SIGINT'));
    daemon.engine.onExit((error) => {
      log.error('SIP engine died', { err: error });
      resolve('engine');
    });
  });
  if (why === 'SIGINT') cut.abort();
  process.on('SIGTERM', () => cut.abort());
  process.on('SIGINT', () => cut.abort());

  log.info('Draining', { calls: calls.count });
  if (why !== 'engine') await drained(daemon, cut.signal);
  if (calls.count > 0) {
    calls.abortAll(verdict(why === 'engine' ? 'sip-engine-lost' : 'draining'));
    await wait(clock, LAST_WORDS);
  }
  await daemon.stop();
  log.info('Stopped');
  return why === 'engine' ? 1 : 0;
}

/** Resolves when the last call has ended, the limit is over, or the operator has had enough. */
async function drained({ calls, clock, drainLimit }: Daemon, cut: AbortSignal): Promise<void> {
  const limit = new Promise<void>((resolve) => {
    clock.after(drainLimit, resolve);
    if (cut.aborted) resolve();
    cut.addEventListener('abort', () => resolve());
  });
  await Promise.race([calls.drain(), limit]);
}

const wait = (clock: Clock, length: Millis): Promise<void> =>
  new Promise((resolve) => {
    // Unlike every other timer, this one must keep the process alive.
    const keepAlive = setInterval(() => undefined, 50);
    clock.after(length, () => {
      clearInterval(keepAlive);
      resolve();
    });
  });
