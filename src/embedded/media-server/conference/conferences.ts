import type { Channel } from '../channel/channel.js';
import type { Application } from '../application/run.js';
import { Conference, type MemberFlags } from './conference.js';

const mostConferences = 1_000;

/** The rooms that exist, by name; one comes to be with its first member and ends with its last. */
export class Conferences {
  readonly #rooms = new Map<string, Conference>();

  get(name: string): Conference | undefined {
    return this.#rooms.get(name);
  }

  all(): readonly Conference[] {
    return [...this.#rooms.values()];
  }

  /**
   * `conference NAME[@PROFILE][+PIN][+flags{A|B}]`: over when the channel has left. The channel
   * goes on executing what it is told meanwhile.
   */
  readonly application: Application = async (channel, argument, signal) => {
    const { name, flags } = readArgument(argument);
    const room = name === '' ? undefined : this.#roomOf(name);
    if (room === undefined) return '-ERR no conference';
    await this.#stay(room, channel, flags, signal);
    return '_none_';
  };

  #roomOf(name: string): Conference | undefined {
    const there = this.#rooms.get(name);
    if (there !== undefined || this.#rooms.size >= mostConferences) return there;
    const room = new Conference(name, () => this.#rooms.delete(name));
    this.#rooms.set(name, room);
    return room;
  }

  #stay(
    room: Conference,
    channel: Channel,
    flags: MemberFlags,
    signal: AbortSignal,
  ): Promise<void> {
    return new Promise((resolve) => {
      const leave = (): void => member.leave();
      const member = room.add(channel, flags, () => {
        signal.removeEventListener('abort', leave);
        resolve();
      });
      signal.addEventListener('abort', leave);
      if (signal.aborted) leave();
    });
  }
}

function readArgument(text: string): { name: string; flags: MemberFlags } {
  const [, name = '', rest = ''] = /^([^@+\s]{1,128})(.*)$/s.exec(text.trim()) ?? [];
  const words = (/flags\{([^}]*)\}/.exec(rest)?.[1] ?? '').split('|');
  return {
    name,
    flags: {
      mute: words.includes('mute'),
      moderator: words.includes('moderator'),
      endconf: words.includes('endconf'),
    },
  };
}
