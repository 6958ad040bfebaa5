import type { Channels } from '../channel/channels.js';
import type { Conferences } from '../conference/conferences.js';
import type { Application } from '../application/run.js';
import type { ApiCommand } from './api-command.js';
import { conferenceCommand } from './conference-command.js';
import { serverCommands, type ServerFacts } from './server-commands.js';
import { uuidCommands } from './uuid-commands.js';

/** The commands of `api` and `bgapi`, in FreeSWITCH's names and with its answers. */
export function apiCommands(
  channels: Channels,
  conferences: Conferences,
  dialplan: ReadonlyMap<string, Application>,
  facts: ServerFacts,
): (line: string) => Promise<string> | string {
  const commands = new Map<string, ApiCommand>([
    ...serverCommands(channels, facts),
    ...uuidCommands(channels, dialplan),
    ['conference', conferenceCommand(conferences)],
  ]);
  return (line) => {
    const [, name = '', argument = ''] = /^(\S*)\s*(.*)$/s.exec(line.trim()) ?? [];
    const run = commands.get(name);
    return run === undefined ? `-ERR ${name} Command not found!\n` : run(argument.trim());
  };
}
