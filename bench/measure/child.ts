import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tree } from './processes.js';

export interface ChildOptions {
  /** Names its two output files. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Its working directory; what it writes goes into files here, since a pipe would cost us CPU. */
  readonly directory: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Processes that still run: whatever ends the bench, they are ended first. */
const running = new Set<Child>();

/** A process of the bench's own, ended by its pid together with the workers that it forked. */
export class Child {
  readonly name: string;
  readonly stdoutFile: string;
  readonly stderrFile: string;
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;

  constructor(options: ChildOptions) {
    this.name = options.name;
    this.stdoutFile = join(options.directory, `${options.name}.out`);
    this.stderrFile = join(options.directory, `${options.name}.err`);
    const [out, err] = [openSync(this.stdoutFile, 'a'), openSync(this.stderrFile, 'a')];
    this.#process = spawn(options.command, options.args, {
      cwd: options.directory,
      stdio: ['ignore', out, err],
      ...(options.env !== undefined && { env: options.env }),
    });
    closeSync(out);
    closeSync(err);
    running.add(this);
    // Without a listener a missing program would end the bench; `until` and `done` tell of it.
    this.#process.on('error', () => running.delete(this));
    this.#exited = once(this.#process, 'exit').then(
      () => running.delete(this),
      () => running.delete(this),
    );
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get alive(): boolean {
    const { pid, exitCode, signalCode } = this.#process;
    return pid !== undefined && exitCode === null && signalCode === null;
  }

  /** What it wrote last, both outputs together. */
  words(): string {
    return [this.stdoutFile, this.stderrFile]
      .map((file) => readFileSync(file, 'latin1').slice(-2000))
      .join('');
  }

  /** @throws Error with its last words when it ends, or does not get there in time. */
  async until(there: () => boolean | Promise<boolean>, timeoutMs = 20_000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (this.alive && performance.now() < deadline) {
      if (await there()) return;
      await sleep(25);
    }
    const why = this.alive ? `was not ready within ${timeoutMs} ms` : 'ended while it started';
    throw new Error(`${this.name} ${why}:\n${this.words()}`);
  }

  signal(signal: NodeJS.Signals): void {
    if (this.alive) this.#process.kill(signal);
  }

  /** Resolves when it has ended; false when it still runs after `withinMs`. */
  async done(withinMs: number): Promise<boolean> {
    const late = new AbortController();
    const ended = this.#exited.then(() => true);
    const waited = sleep(withinMs, false, { signal: late.signal }).catch(() => false);
    const result = this.alive ? await Promise.race([ended, waited]) : true;
    late.abort();
    return result;
  }

  /** Asks it to end, and after `patienceMs` ends it and its workers. */
  async stop(patienceMs = 5000): Promise<void> {
    if (!this.alive) return;
    const workers = tree(this.pid);
    this.signal('SIGTERM');
    if (await this.done(patienceMs)) return;
    for (const pid of workers) endPid(pid);
    await this.done(patienceMs);
  }
}

/** Ends every child that still runs, for a bench that is itself being ended. */
export async function stopAllChildren(): Promise<void> {
  await Promise.all([...running].map((child) => child.stop(2000)));
}

function endPid(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it ended by itself in the meantime
  }
}
