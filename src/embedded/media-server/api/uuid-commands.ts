import { randomUUID } from 'node:crypto';
import { sendDigits } from '../application/applications.js';
import { execute, type Application } from '../application/run.js';
import { bridge, park } from '../channel/bridge.js';
import type { Channel } from '../channel/channel.js';
import type { Channels } from '../channel/channels.js';
import { hangupCauseOf } from '../channel/hangup-cause.js';
import { headerLines } from '../esl/event.js';
import type { ApiCommand } from './api-command.js';

/** A command on one channel: what stands behind its uuid, to the body of the answer. */
type OnChannel = (
  channel: Channel,
  words: readonly string[],
  rest: string,
) => string | Promise<string>;

interface Shape {
  readonly usage: string;
  /** Words that have to stand behind the uuid. */
  readonly needs?: number;
  readonly missing?: (uuid: string) => string;
  readonly run: OnChannel;
}

const noChannel = (): string => '-ERR No such channel!\n';
const noSession = (): string => '-ERR Cannot locate session!\n';

/** The `uuid_…` commands. */
export function uuidCommands(
  channels: Channels,
  applications: ReadonlyMap<string, Application>,
): readonly (readonly [string, ApiCommand])[] {
  const shapes: Readonly<Record<string, Shape>> = {
    uuid_audio: { usage: '<uuid> [start [read|write] [mute|level <level>]|stop]', run: audio },
    uuid_break: { usage: '<uuid> [all]', run: breakPlayback },
    uuid_bridge: {
      usage: '<uuid> <other_uuid>',
      needs: 1,
      missing: () => '-ERR Invalid uuid\n',
      run: (channel, [other = '']) => bridgeWith(channel, channels.get(other)),
    },
    uuid_dump: { usage: '<uuid> [format]', run: (channel) => headerLines(channel.data()) },
    uuid_getvar: { usage: '<uuid> <var>', needs: 1, run: getVariable },
    uuid_kill: { usage: '<uuid> [cause]', run: kill },
    uuid_record: {
      usage: '<uuid> [start|stop|mask|unmask] <path> [<limit>] [<recording_vars>]',
      needs: 2,
      missing: noSession,
      run: record,
    },
    uuid_send_dtmf: {
      usage: '<uuid> <dtmf_data>',
      needs: 1,
      missing: noSession,
      run: (channel, _, rest) => `+OK ${channel.uuid} sent DTMF ${sendDigits(channel, rest)}.\n`,
    },
    uuid_set_media_stats: {
      usage: '<uuid>',
      missing: (uuid) => `-ERR No such channel ${uuid}!\n`,
      run: noteStats,
    },
    uuid_setvar: { usage: '<uuid> <var> [value]', needs: 1, run: setVariable },
    uuid_setvar_multi: {
      usage: '<uuid> <var>=<value>;<var>=<value>...',
      needs: 1,
      run: setSeveral,
    },
    uuid_transfer: {
      usage: '<uuid> [-bleg|-both] <dest-exten> [<dialplan>] [<context>]',
      needs: 1,
      run: (channel, words) => transfer(channel, words, applications),
    },
  };
  const onChannel = Object.entries(shapes).map(
    ([name, shape]) => [name, command(channels, shape)] as const,
  );
  const exists: ApiCommand = (argument) => String(channels.get(argument) !== undefined);
  return [...onChannel, ['uuid_exists', exists]];
}

function command(channels: Channels, shape: Shape): ApiCommand {
  const { usage, needs = 0, missing = noChannel, run } = shape;
  return (argument) => {
    const [uuid = '', ...words] = argument.split(/\s+/);
    if (uuid === '' || words.length < needs) return `-USAGE: ${usage}\n`;
    const channel = channels.get(uuid);
    if (channel === undefined || channel.gone) return missing(uuid);
    return run(channel, words, argument.slice(uuid.length).trim());
  };
}

const breakPlayback: OnChannel = (channel, [which]) => {
  channel.interrupt(which === 'all' ? 'all' : 'top');
  return '+OK\n';
};

function bridgeWith(channel: Channel, other: Channel | undefined): string {
  if (other === undefined || other.gone || other === channel) return '-ERR Invalid uuid\n';
  bridge(channel, other);
  return `+OK ${other.uuid}\n`;
}

const getVariable: OnChannel = (channel, [name = '']) => channel.variables.get(name) ?? '_undef_';

const setVariable: OnChannel = (channel, [name = ''], rest) => {
  channel.variables.set(name, rest.slice(name.length).trim());
  return '+OK\n';
};

const setSeveral: OnChannel = (channel, _, rest) => {
  for (const pair of rest.split(';')) {
    const equals = pair.indexOf('=');
    if (equals > 0) channel.variables.set(pair.slice(0, equals).trim(), pair.slice(equals + 1));
  }
  return '+OK\n';
};

const kill: OnChannel = (channel, [cause]) => {
  channel.hangup(hangupCauseOf(cause ?? '') ?? 'NORMAL_CLEARING');
  return '+OK\n';
};

const noteStats: OnChannel = (channel) => {
  channel.noteStats();
  return '+OK:\n';
};

/**
 * There is no dialplan but the inline one, whose extension is an application: `park`, or
 * `conference:NAME`. What the channel was in before is over.
 */
function transfer(
  channel: Channel,
  words: readonly string[],
  applications: ReadonlyMap<string, Application>,
): string {
  const [where = '', dialplan] = words.filter((word) => !word.startsWith('-'));
  const [, name = '', argument = ''] = /^([a-z_]+)(?::(.*))?$/s.exec(where) ?? [];
  const application = applications.get(name);
  if (dialplan !== 'inline' || application === undefined) return '-ERR no such extension\n';
  park(channel);
  if (name !== 'park') execute(channel, { name, argument, id: randomUUID() }, application);
  return '+OK\n';
}

const record: OnChannel = async ({ recordings }, [action, path = '', limit = '0']) => {
  switch (action) {
    case 'start': {
      const runs = await recordings.start(path, Number(limit) || 0);
      return runs ? success : '-ERR Cannot record session!\n';
    }
    case 'stop':
      return (await stop(recordings, path)) ? success : '-ERR Cannot stop record session!\n';
    case 'mask':
      return recordings.mask(path, true) ? success : '-ERR Cannot mask recording session!\n';
    case 'unmask':
      return recordings.mask(path, false) ? success : '-ERR Cannot unmask recording session!\n';
    default:
      return '-ERR Invalid action\n';
  }
};

const success = '+OK Success\n';

async function stop(recordings: Channel['recordings'], path: string): Promise<boolean> {
  if (path !== 'all') return await recordings.stop(path);
  const { any } = recordings;
  await recordings.stopAll();
  return any;
}

/** `start read mute N` mutes with N above 0; only what the party says can be muted. */
const audio: OnChannel = (channel, [action, side, what, level]) => {
  if (action === 'stop') {
    channel.port.muteRead(false);
    return '+OK\n';
  }
  if (action !== 'start' || side !== 'read' || what !== 'mute' || level === undefined) {
    return '-USAGE: <uuid> [start [read|write] [mute|level <level>]|stop]\n';
  }
  channel.port.muteRead(Number(level) > 0);
  return '+OK Success\n';
};
