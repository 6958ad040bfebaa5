import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Workspace } from './workspace.js';

/** How many of a part's assertions (tape) or tests (mocha) held, and what did not. */
export interface Tally {
  readonly part: string;
  readonly passed: number;
  readonly failed: number;
  readonly failures: readonly string[];
  /** What the process printed, for the reader of a failure. */
  readonly output: string;
}

const require = createRequire(import.meta.url);

/** The unit tests: they speak to no server. */
export async function runUnitTests({ directory, environment }: Workspace): Promise<Tally> {
  const mocha = require.resolve('mocha/bin/mocha.js');
  const args = [mocha, '--reporter', 'tap', join(directory, 'test', 'unit-tests')];
  return tally('unit', await outputOf(args, environment, 30_000));
}

/** Some of the integration tests in a process of their own, one after the other. */
export async function runIntegration(
  { directory, environment }: Workspace,
  files: readonly string[],
  patience: number,
): Promise<Tally> {
  const paths = files.map((file) => JSON.stringify(join(directory, 'test', file)));
  const script = paths.map((path) => `require(${path});`).join('\n');
  const part = files.join(' + ');
  return tally(part, await outputOf(['-e', script], environment, patience));
}

/** Standard output until the last line of TAP; sockets a test forgot would keep the process. */
async function outputOf(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  patience: number,
): Promise<string> {
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  let output = '';
  const end = (): void => void child.kill('SIGKILL');
  const timer = setTimeout(end, patience);
  const take = (chunk: Buffer): void => {
    output += chunk.toString();
    // tape has spoken its summary: `# fail` follows only when there is something to tell.
    if (/^# pass +\d+\n\n?(# ok|# fail +\d+)$/m.test(output)) setTimeout(end, 200);
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  await exited;
  clearTimeout(timer);
  return output;
}

function tally(part: string, output: string): Tally {
  const lines = output.split('\n');
  const failures = lines.filter((line) => /^not ok \d+/.test(line));
  const whole = /^# pass +\d+$/m.test(output);
  if (!whole) failures.push(`${part} did not come to its end`);
  const passed = lines.filter((line) => /^ok \d+/.test(line)).length;
  return { part, passed, failed: failures.length, failures, output };
}
