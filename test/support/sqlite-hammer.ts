/**
 * One of the processes of test/store/two-processes.test.ts. Says `ready`, waits for a line on
 * standard input so that all start at one instant, then opens the file and as many sessions of one
 * party as it can, and prints the DIDs it was given.
 * Arguments: path, own name, attempts, DIDs in the pool.
 */
import { once } from 'node:events';
import { millis } from '../../src/domain/time.js';
import { openSqliteStore } from '../../src/store/sqlite/open.js';
import { dids, draft, side } from './session-drafts.js';

const [path = '', name = '', attempts = '0', pool = '0'] = process.argv.slice(2);
process.stdout.write('ready\n');
await once(process.stdin, 'data');

const store = openSqliteStore({ path, patience: millis(10_000) });
const given: string[] = [];
for (let n = 0; n < Number(attempts); n += 1) {
  const candidates = dids(Number(pool));
  const wanted = draft(side('ann', candidates), side(`${name}-${n}`, candidates), {
    id: `sess_${name}_${n}` as never,
    expiresAt: undefined,
  });
  const answer = await store.sessions.open(wanted);
  if (answer.ok) given.push(answer.session.participants[0].proxyNumber);
}
store.close();
process.stdout.write(JSON.stringify(given));
process.exit();
