import type { Conference, Member } from '../conference/conference.js';
import type { Conferences } from '../conference/conferences.js';
import type { ApiCommand } from './api-command.js';

type Action = (room: Conference, words: readonly string[]) => string;

const actions: Readonly<Record<string, Action>> = {
  list,
  hup: (room, [who]) => each(room, who, 'hup', (member) => member.leave()),
  kick: (room, [who]) => each(room, who, 'kicked', (member) => member.leave()),
  mute: (room, [who]) => each(room, who, 'mute', (member) => room.mute(member, true)),
  unmute: (room, [who]) => each(room, who, 'unmute', (member) => room.mute(member, false)),
  set: () => '+OK\n',
};

/** `conference NAME list|hup|kick|mute|unmute …`, and `conference list` of all. */
export function conferenceCommand(conferences: Conferences): ApiCommand {
  return (argument) => {
    const [name = '', action = '', ...words] = argument.split(/\s+/);
    if (name === 'list' && action === '') return listAll(conferences);
    const room = conferences.get(name);
    if (room === undefined) return `-ERR Conference ${name} not found\n`;
    const run = Object.hasOwn(actions, action) ? actions[action] : undefined;
    return run === undefined
      ? `-ERR Conference command '${action}' not found.\n`
      : run(room, words);
  };
}

function listAll(conferences: Conferences): string {
  const rooms = conferences.all();
  if (rooms.length === 0) return '+OK No active conferences.\n';
  return rooms
    .map((room) => `+OK Conference ${room.name} ${counted(room)}\n${list(room, [])}`)
    .join('');
}

function counted({ members }: Conference): string {
  return `(${String(members.length)} member${members.length === 1 ? '' : 's'})`;
}

function list(room: Conference, [how]: readonly string[]): string {
  if (how === 'count') return String(room.members.length);
  return room.members
    .map(({ id, channel, muted }) => {
      const speaks = muted ? 'hear' : 'hear|speak';
      return `${String(id)};${channel.name};${channel.uuid};;;${speaks};0;0;0;300\n`;
    })
    .join('');
}

/** `all`, `non_moderator`, `last`, or a member's number. */
function each(
  room: Conference,
  who: string | undefined,
  done: string,
  act: (member: Member) => void,
): string {
  const chosen = room.members.filter(({ id, flags }, index) => {
    if (who === 'all' || who === String(id)) return true;
    if (who === 'non_moderator') return !flags.moderator;
    return who === 'last' && index === room.members.length - 1;
  });
  if (chosen.length === 0 && who !== 'all') return `-ERR Non-Existant ID ${who ?? ''}\n`;
  for (const member of chosen) act(member);
  return chosen.map(({ id }) => `+OK ${done} ${String(id)}\n`).join('') || `+OK ${done} all\n`;
}
