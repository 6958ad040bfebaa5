import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hostPort, type Address } from '../../src/phones/address.js';
import { isBound } from './bound-ports.js';
import { receivedIn } from './sipp-trace.js';

export interface SippRun {
  readonly scenario: string;
  readonly local: Address;
  /** Where a caller's requests go; a callee needs none. */
  readonly remote?: Address;
  readonly transport?: 'udp' | 'tcp';
  /** Values of `[name]` in the scenario. */
  readonly keys?: Readonly<Record<string, string>>;
  readonly calls?: number;
  readonly rate?: number;
  readonly timeoutSeconds?: number;
  /** Message traces cost time and disk; load runs do without. */
  readonly trace?: boolean;
  readonly more?: readonly string[];
}

export interface SippResult {
  /** 0: every call went as the scenario says. */
  readonly code: number | null;
  readonly successful: number;
  readonly failed: number;
  /** Every byte received, as far as the message trace holds it. */
  readonly received: Buffer;
  /** What SIPp says went wrong. */
  readonly errors: string;
}

/** One SIPp process running one scenario; its files are gone when it is done. */
export class Sipp {
  readonly #run: SippRun;
  readonly #directory = mkdtempSync(join(tmpdir(), 'callveil-sipp-'));
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #output = '';

  private constructor(run: SippRun) {
    this.#run = run;
    this.#child = spawn('sipp', this.#arguments(), {
      cwd: this.#directory,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#exited = once(this.#child, 'exit');
    // The screen is redrawn for ever: only its end is kept, for a failure that has no error file.
    const keep = (chunk: Buffer): void => {
      this.#output = (this.#output + chunk.toString()).slice(-2000);
    };
    this.#child.stdout?.on('data', keep);
    this.#child.stderr?.on('data', keep);
  }

  /** Resolves once its port is bound. */
  static async start(run: SippRun): Promise<Sipp> {
    const sipp = new Sipp(run);
    const deadline = performance.now() + 5000;
    while (sipp.running && !isBound(run.local, run.transport ?? 'udp')) {
      if (performance.now() > deadline) throw new Error(`SIPp did not bind ${hostPort(run.local)}`);
      await sleep(10);
    }
    return sipp;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async done(): Promise<SippResult> {
    await this.#exited;
    const errors = this.#read('errors.log');
    const stats = readStats(this.#read('stats.csv'));
    const result = {
      code: this.#child.exitCode,
      ...stats,
      received: receivedIn(this.#read('messages.log')),
      errors: errors === '' && this.#child.exitCode !== 0 ? this.#output : errors,
    };
    rmSync(this.#directory, { recursive: true, force: true });
    return result;
  }

  /** Ends it in such a way that `done` still tells what it saw. */
  terminate(): void {
    if (this.running) this.#child.kill('SIGTERM');
  }

  /** Ends it whatever it is doing. */
  async kill(): Promise<void> {
    if (this.running) this.#child.kill('SIGKILL');
    await this.#exited;
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #read(name: string): string {
    try {
      return readFileSync(join(this.#directory, name), 'latin1');
    } catch {
      return ''; // SIPp writes the error file only when there is an error
    }
  }

  #arguments(): string[] {
    const run = this.#run;
    const file = (name: string): string => join(this.#directory, name);
    const keys = Object.entries(run.keys ?? {}).flatMap(([name, value]) => ['-key', name, value]);
    const traces = ['-trace_msg', '-message_file', file('messages.log')];
    return [
      ...['-sf', run.scenario, '-i', run.local.host, '-p', String(run.local.port)],
      ...['-t', run.transport === 'tcp' ? 't1' : 'u1'],
      ...['-m', String(run.calls ?? 1), '-r', String(run.rate ?? 10)],
      ...['-timeout', `${run.timeoutSeconds ?? 15}s`, '-timeout_error'],
      ...['-nostdin', '-skip_rlimit', '-deadcall_wait', '0'],
      // It complains when SIPp itself gets no CPU for a while, which no call is to blame for.
      ...['-watchdog_interval', '0'],
      ...['-trace_err', '-error_file', file('errors.log')],
      ...['-trace_stat', '-stf', file('stats.csv'), '-fd', '1'],
      ...(run.trace === false ? [] : traces),
      ...keys,
      ...(run.more ?? []),
      ...(run.remote === undefined ? [] : [hostPort(run.remote)]),
    ];
  }
}

/** The last line of SIPp's statistics, by the names in the first. */
function readStats(csv: string): { successful: number; failed: number } {
  const lines = csv.trim().split('\n');
  const names = lines[0]?.split(';') ?? [];
  const last = lines.at(-1)?.split(';') ?? [];
  const value = (name: string): number => Number(last[names.indexOf(name)] ?? 0);
  return { successful: value('SuccessfulCall(C)'), failed: value('FailedCall(C)') };
}
