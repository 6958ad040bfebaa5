import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/open.js';
import { ACME } from '../support/session-drafts.js';
import { temporaryDirectory } from '../support/sqlite-places.js';

const hammer = fileURLToPath(new URL('../support/sqlite-hammer.ts', import.meta.url));

function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', hammer, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

it('gives each DID of a party once, though three processes create the file and open at once', async () => {
  const directory = temporaryDirectory();
  const path = join(directory.path, 'callveil.db');
  const processes = ['p', 'q', 'r'].map((name) => start(path, name, '150', '200'));
  await Promise.all(processes.map(({ stdout }) => once(stdout!, 'data')));
  for (const { stdin } of processes) stdin!.write('go\n');

  const given = await Promise.all(
    processes.map(async ({ stdout }) => JSON.parse(await text(stdout!)) as string[]),
  );
  // One process may be starved by the other two, but no one process could take them all.
  const all = given.flat();
  expect(all).toHaveLength(200);
  expect(new Set(all).size).toBe(200);

  const store = openSqliteStore({ path });
  expect(await store.sessions.list({ tenant: ACME, limit: 100 })).toHaveLength(100);
  store.close();
  directory.remove();
}, 30_000);
