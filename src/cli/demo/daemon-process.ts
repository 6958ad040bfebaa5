import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

export interface DaemonCommand {
  /** The script to run, such as dist/main.js. */
  readonly entry: string;
  readonly configFile: string;
  /** Where the API will listen, such as http://127.0.0.1:8080. */
  readonly apiUrl: string;
}

const POLL_MS = 40;

/** The real daemon as a process of its own: started, watched and always ended. */
export class DaemonProcess {
  readonly #child: ChildProcess;
  readonly #apiUrl: string;
  /** Everything it wrote, line by line. */
  readonly lines: string[] = [];

  constructor(command: DaemonCommand) {
    this.#apiUrl = command.apiUrl;
    // execArgv carries a TypeScript loader along when the running entry needs one.
    const argv = [...process.execArgv, command.entry, 'serve', '--config', command.configFile];
    this.#child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (l) => this.lines.push(l));
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** @throws Error with its last words when it ends or is not ready in time. */
  async ready(timeoutMs = 15_000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (this.alive && performance.now() < deadline) {
      if (await answersOk(`${this.#apiUrl}/readyz`)) return;
      await sleep(POLL_MS);
    }
    const why = this.alive ? `was not ready within ${timeoutMs} ms` : 'ended while it started';
    throw new Error(`the daemon ${why}:\n${this.lines.slice(-20).join('\n')}`);
  }

  /** Asks it to end, and ends it when it does not within `patienceMs`. */
  async stop(patienceMs = 4000): Promise<void> {
    if (!this.alive) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await Promise.race([ended, sleep(patienceMs, undefined, { ref: false })]);
    await this.kill9();
  }

  async kill9(): Promise<void> {
    if (!this.alive) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}

/** Whether a GET there succeeds; false, too, while nothing listens. */
export async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false; // not listening yet
  }
}
