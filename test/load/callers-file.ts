import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Daemon } from '../support/daemon.js';

const PARTIES = 50;

/** Opens sessions and writes their callers with the number each dials, as SIPp injects them. */
export async function writeCallers(daemon: Daemon, directory: string): Promise<string> {
  const lines = ['SEQUENTIAL'];
  for (let i = 0; i < PARTIES; i += 1) {
    const number = `+1415555${String(2000 + i)}`;
    const opened = await daemon.api.openSession({
      participants: [{ number }, { sip: `sip:agent.${7700 + i}@pbx.example` }],
      ttl: 36_000,
    });
    lines.push(`${number};${opened.proxyNumbers[0]};`);
  }
  const file = join(directory, 'callers.csv');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}
