import { randomUUID } from 'node:crypto';
import type { EslCommand } from './command-reader.js';
import type { EslConnection } from './connection.js';
import { EslEvent } from './event.js';
import type { EventBus } from './event-bus.js';

/** What stands behind a connection. */
export interface EslServices {
  readonly bus: EventBus;
  /** Runs `api` commands; what it resolves to is the body of the answer. */
  api(command: string): Promise<string> | string;
  /** Runs a `sendmsg` on a channel; what it returns is the Reply-Text. */
  sendMessage(uuid: string, message: EslCommand): string;
  /** Headers that every event has. */
  stamp(name: string): Record<string, string>;
}

type Command = (
  rest: string,
  connection: EslConnection,
  services: EslServices,
  whole: EslCommand,
) => Promise<void> | void;

export const goodbye = 'Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n';

/** What both kinds of connection understand. */
const commands: Readonly<Record<string, Command>> = {
  event: (rest, connection) => {
    const [format = '', ...words] = rest.split(/\s+/);
    const known = format === 'json' || format === 'plain';
    if (known) connection.subscription.format = format;
    connection.subscription.add(known ? words : [format, ...words]);
    connection.reply(`+OK event listener enabled ${connection.subscription.format}`);
  },
  nixevent: (rest, connection) => {
    connection.subscription.remove(rest.split(/\s+/));
    connection.reply('+OK events nixed');
  },
  noevents: (_, connection) => {
    connection.subscription.clear();
    connection.reply('+OK no longer listening for events');
  },
  filter: (rest, connection) => {
    const [first = '', second = '', ...more] = rest.split(/\s+/);
    if (first === 'delete') {
      connection.subscription.unfilter(second, more.length > 0 ? more.join(' ') : undefined);
      connection.reply(`+OK filter deleted. [${second}]=[${more.join(' ')}]`);
      return;
    }
    const value = [second, ...more].join(' ');
    const taken = first !== '' && value !== '' && connection.subscription.filter(first, value);
    connection.reply(taken ? `+OK filter added. [${first}]=[${value}]` : '-ERR invalid syntax');
  },
  api: async (rest, connection, services) => connection.respond(await services.api(rest)),
  bgapi: (rest, connection, services, { headers }) => {
    const job = headers.get('job-uuid') ?? randomUUID();
    connection.write(
      'Content-Type: command/reply\n' + `Reply-Text: +OK Job-UUID: ${job}\nJob-UUID: ${job}\n\n`,
    );
    void inBackground(rest, job, services);
  },
  sendmsg: (rest, connection, services, whole) => {
    connection.reply(services.sendMessage(rest.split(/\s+/, 1)[0] ?? '', whole));
  },
  log: (rest, connection) => connection.reply(`+OK log level ${rest} [7]`),
  nolog: (_, connection) => connection.reply('+OK no longer logging'),
  exit: (_, connection) => {
    connection.reply('+OK bye');
    connection.write(disconnectNotice());
    connection.leave();
  },
};

/** Runs a command, or says that there is none of that name. */
export async function runCommand(
  command: EslCommand,
  connection: EslConnection,
  services: EslServices,
): Promise<void> {
  const line = command.line.trim();
  const space = line.search(/\s/);
  const name = (space < 0 ? line : line.slice(0, space)).toLowerCase();
  const run = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (run === undefined) connection.reply('-ERR command not found');
  else await run(space < 0 ? '' : line.slice(space).trim(), connection, services, command);
}

async function inBackground(line: string, job: string, services: EslServices): Promise<void> {
  const [command = '', ...rest] = line.split(' ');
  const body = await services.api(line);
  const headers = {
    ...services.stamp('BACKGROUND_JOB'),
    'Job-UUID': job,
    'Job-Command': command,
    'Job-Command-Arg': rest.join(' '),
  };
  services.bus.publish(new EslEvent(headers, body));
}

/** The last words on a connection; those of a channel's name it. */
export function disconnectNotice(channel?: { readonly uuid: string; lingers?: number }): string {
  const { uuid, lingers } = channel ?? {};
  const how = lingers === undefined ? 'disconnect' : `linger\nLinger-Time: ${String(lingers)}`;
  const session =
    uuid === undefined ? '' : `Controlled-Session-UUID: ${uuid}\nContent-Disposition: ${how}\n`;
  const length = String(goodbye.length);
  return `Content-Type: text/disconnect-notice\n${session}Content-Length: ${length}\n\n${goodbye}`;
}
