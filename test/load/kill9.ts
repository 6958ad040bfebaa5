/**
 * npx tsx test/load/kill9.ts --calls 50
 *
 * kill -9 of the daemon during live calls: after a restart on the same data it answers calls, and
 * every leg of the killed calls has a record that says so.
 */
import { parseArgs } from 'node:util';
import { crash } from '../support/crash.js';

const say = (text: string): unknown => process.stdout.write(`${text}\n`);
const { values } = parseArgs({ options: { calls: { type: 'string', default: '50' } } });
const figures = await crash(Number(values.calls));
say(JSON.stringify(figures, undefined, 2));
const legs = 2 * figures.live_calls;
const good =
  figures.legs_of_killed_calls === legs &&
  figures.legs_node_crashed === legs &&
  figures.bye_in_killed_call === 481 &&
  figures.new_call === 'caller-hung-up' &&
  figures.legs_after_second_restart === legs + 2;
say(good ? 'PASS' : 'FAIL');
process.exitCode = good ? 0 : 1;
