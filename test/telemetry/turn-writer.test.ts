import { spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TurnWriter } from '../../src/telemetry/turn-writer.js';

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'callveil-log-'));
  file = join(directory, 'log');
});

afterEach(() => rmSync(directory, { recursive: true }));

describe('the log writer', () => {
  it('writes the lines of a turn, in order, before the next turn', async () => {
    const writer = new TurnWriter(openSync(file, 'w'));
    writer.write('one\n');
    writer.write('two\n');
    expect(readFileSync(file, 'utf8')).toBe('');
    await nextTurn();
    expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n');
  });

  it('does not keep a long turn to itself', () => {
    const writer = new TurnWriter(openSync(file, 'w'));
    writer.write(`${'x'.repeat(300_000)}\n`);
    expect(readFileSync(file, 'utf8')).toHaveLength(300_001);
  });

  it('loses nothing when its descriptor is gone but the words', () => {
    const writer = new TurnWriter(987_654);
    writer.write('nobody hears this\n');
    expect(() => writer.flush()).not.toThrow();
  });

  it('says its last words when the process exits in the same turn', () => {
    const module = new URL('../../dist/telemetry/turn-writer.js', import.meta.url).href;
    const script = `import { TurnWriter } from ${JSON.stringify(module)};
      new TurnWriter(1).write('last words\\n');
      process.exit(3);`;
    const { stdout, status } = spawnSync(
      process.execPath,
      ['--input-type=module', '--eval', script],
      { encoding: 'utf8' },
    );
    expect({ stdout, status }).toEqual({ stdout: 'last words\n', status: 3 });
  });
});
