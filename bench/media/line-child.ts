import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { threadTimesUs } from '../measure/threads.js';

const running = new Set<LineChild>();

/** A child that is asked and answers in lines of JSON. */
export class LineChild {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(script: string) {
    const args = ['--import', 'tsx', script];
    this.#process = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const output = this.#process.stdout;
    if (output === null) throw new Error('no output');
    const lines: Interface = createInterface({ input: output });
    this.#lines = lines[Symbol.asyncIterator]();
    running.add(this);
    this.#process.once('exit', () => running.delete(this));
  }

  /** @throws Error when it ends instead of answering. */
  async ask<Answer>(question: unknown): Promise<Answer> {
    this.#process.stdin?.write(`${JSON.stringify(question)}\n`);
    const line = await this.#lines.next();
    if (line.done === true) throw new Error('a child of the bench ended early');
    return JSON.parse(line.value) as Answer;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Of all its threads, in microseconds, to the nanosecond as the scheduler counts it. */
  cpuUs(): number {
    return [...threadTimesUs(this.pid).values()].reduce((sum, each) => sum + each, 0);
  }

  stop(): void {
    this.#process.kill('SIGTERM');
  }
}

export function stopLineChildren(): void {
  for (const child of running) child.stop();
}
