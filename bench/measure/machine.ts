import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';

/** What the figures were measured on. */
export interface Machine {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly kernel: string;
  readonly node: string;
  readonly sipp: string;
}

export function describeMachine(): Machine {
  return {
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    sipp: /SIPp v[\d.]+/.exec(output('sipp', ['-v']))?.[0] ?? 'unknown',
  };
}

export function machineLine(machine: Machine): string {
  const { cores, cpu, memoryGb, kernel, node, sipp, date } = machine;
  return `${cores} cores of ${cpu}, ${memoryGb} GB, Linux ${kernel}, Node ${node}, ${sipp}; ${date} UTC`;
}

/** Version and, in a checkout, the commit of what is measured. */
export function ownVersion(): string {
  const root = join(import.meta.dirname, '../..');
  const manifest = readFileSync(join(root, 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const commit = output('git', ['-C', root, 'rev-parse', '--short', 'HEAD']).trim();
  return commit === '' ? version : `${version} (${commit})`;
}

/** What a program prints; empty when it is not there. */
export function output(command: string, args: readonly string[]): string {
  try {
    const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];
    return execFileSync(command, args, { encoding: 'utf8', timeout: 5000, stdio });
  } catch (error) {
    // SIPp ends with 99 after telling its version.
    return (error as { stdout?: string }).stdout ?? '';
  }
}
