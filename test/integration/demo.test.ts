import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const ENTRY = join(import.meta.dirname, '../../dist/main.js');

interface Shown {
  ok: boolean;
  calls: { name: string; result: string; caller_saw: object | null; legs: object[] }[];
  leaks: object[];
  cdrs: object[];
}

describe('callveil demo', () => {
  it('runs every call as told on the real daemon and leaves nothing behind', async () => {
    const TMPDIR = mkdtempSync(join(tmpdir(), 'callveil-test-demo-'));
    const env = { ...process.env, TMPDIR };
    const { stdout } = await run(process.execPath, [ENTRY, 'demo', '--json'], { env });
    const shown = JSON.parse(stdout) as Shown;
    expect(shown.leaks).toEqual([]);
    expect(shown.calls.map(({ name, result }) => [name, result])).toEqual([
      ['customer-call', 'answered, the customer hung up'],
      ['agent-callback', 'answered, the customer hung up'],
      ['cancel', 'cancelled (487 Request Terminated)'],
      ['expired-session', expect.stringContaining('refused (480')],
      ['emergency', expect.stringContaining('refused (403')],
    ]);
    expect(shown.calls.map((call) => call.legs.length)).toEqual([2, 2, 2, 1, 1]);
    expect(shown.cdrs).toHaveLength(8);
    expect(shown.ok).toBe(true);
    expect(readdirSync(TMPDIR)).toEqual([]);
    rmdirSync(TMPDIR);
  });

  it('is plain text of at most 100 columns when it is no terminal', async () => {
    const { stdout } = await run(process.execPath, [ENTRY, 'demo']);
    expect(stdout).not.toContain('\x1b[');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(stdout).toContain('What to do next');
  });
});
