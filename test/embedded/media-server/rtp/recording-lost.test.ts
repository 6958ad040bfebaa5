import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../rtp-party.js';
import { readStereo } from '../wav.js';

describe('a recording whose process or disk fails', () => {
  let directory: string;
  let path: string;
  let child: ChildProcess;
  let lines: string[];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'lost-'));
    path = join(directory, 'call.wav');
    lines = [];
  });
  afterEach(() => {
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  });

  /** @param blocks of 1024 octets that a file may have. */
  const record = (blocks: string): void => {
    const script = join(import.meta.dirname, '../recording-child.ts');
    const command = 'ulimit -f "$1"; exec "$2" --import tsx "$3" "$4"';
    const args = ['-c', command, 'bash', blocks, process.execPath, script, path];
    child = spawn('bash', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout!.on('data', (text: Buffer) => lines.push(...text.toString().trim().split('\n')));
  };
  const recordedMs = (): number => Math.max(0, ...lines.map(Number).filter(Number.isFinite));

  it('can be read after kill -9, and lacks two seconds at most', async () => {
    record('unlimited');
    await until(() => recordedMs() > 4_300, 20_000);
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGKILL');
    await ended;
    const { left, dataOctets } = readStereo(path);
    expect(dataOctets).toBe(4 * left.length);
    expect(statSync(path).size - 44 - dataOctets).toBeLessThan(32_000);
    expect(left.length / 8).toBeGreaterThan(recordedMs() - 2_000);
  });

  it('is told to have stopped when the disk is full, and keeps what it had', async () => {
    record('60');
    await until(() => lines.some((line) => line.startsWith('stopped')), 20_000);
    const { left, dataOctets } = readStereo(path);
    expect(dataOctets).toBe(4 * left.length);
    expect(left.length).toBeGreaterThan(6_000);
    expect(statSync(path).size).toBeLessThanOrEqual(60 * 1_024);
  });
});
