import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';

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

  /** Of all its threads, in microseconds, to the nanosecond as the scheduler counts it. */
  cpuUs(): number {
    const tasks = `/proc/${this.#process.pid ?? 0}/task`;
    const ns = readdirSync(tasks).map((task) =>
      Number(readFileSync(`${tasks}/${task}/schedstat`, 'latin1').split(' ')[0]),
    );
    return ns.reduce((sum, each) => sum + each, 0) / 1_000;
  }

  stop(): void {
    this.#process.kill('SIGTERM');
  }
}

export function stopLineChildren(): void {
  for (const child of running) child.stop();
}
