import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, expect, it } from 'vitest';
import { sleep } from '../support/media-legs.js';
import { hears, PROMPT, RecordedLab, VOICE } from '../support/recorded-lab.js';
import { lengthOf } from '../support/wav.js';

/** What may be lost of a recording that is cut off, in ms. */
const MOST_LOST = 2000;

let lab: RecordedLab;
afterEach(() => lab.close());

it('a daemon that is killed loses two seconds of a recording at most, and nothing of what was agreed', async () => {
  lab = await RecordedLab.open({});
  await lab.talking();
  await sleep(3000);
  const killed = Date.now();
  await lab.lab.daemon.kill9();
  await lab.lab.daemon.restart();
  const { row, wav } = await lab.heard(30_000);
  expect(row).toMatchObject({ reason: 'crash', consent: { a: 'announced', b: 'opted-in' } });
  const lost = killed - Date.parse(row.started_at) - lengthOf(wav);
  process.stderr.write(`Lost of a recording by kill -9: ${Math.round(lost)} ms\n`);
  expect(lost).toBeLessThan(MOST_LOST);
}, 60_000);

it('a call whose consent cannot be written goes on, and is not recorded', async () => {
  lab = await RecordedLab.open({});
  const call = await lab.answered();
  await hears(call.agent, PROMPT['consent-opt-in']);
  const store = new Database(join(lab.lab.daemon.directory, 'callveil.db'));
  store.exec('BEGIN IMMEDIATE');
  try {
    await call.agent.press('1');
    await hears(call.customer, VOICE.agent, 15_000);
    await hears(call.agent, VOICE.customer);
  } finally {
    store.close();
  }
  const said = lab.lab.daemon.lines.join('\n');
  expect(said).toContain('Consent was not kept, so the call is not recorded');
  await expect(lab.order(await lab.newestCallId(), 'start')).rejects.toThrow('not-agreed');
  expect(await lab.recordings()).toEqual([]);
}, 60_000);
