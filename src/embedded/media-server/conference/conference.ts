import { randomUUID } from 'node:crypto';
import { Mixer } from '../audio/mixer.js';
import type { Channel, Connection } from '../channel/channel.js';

export interface MemberFlags {
  readonly mute: boolean;
  readonly moderator: boolean;
  /** The conference ends when the last member with this flag has left. */
  readonly endconf: boolean;
}

/** One channel in a conference. */
export interface Member {
  readonly id: number;
  readonly channel: Channel;
  readonly flags: MemberFlags;
  muted: boolean;
  leave(): void;
}

/** A room in which everybody hears all others. */
export class Conference {
  readonly uuid = randomUUID();
  readonly name: string;
  readonly #mixer = new Mixer();
  readonly #members = new Map<number, Member>();
  readonly #emptied: () => void;
  #lastId = 0;

  constructor(name: string, emptied: () => void) {
    this.name = name;
    this.#emptied = emptied;
  }

  get members(): readonly Member[] {
    return [...this.#members.values()];
  }

  /** `left` is told once, however the member came to leave. */
  add(channel: Channel, flags: MemberFlags, left: () => void): Member {
    channel.connection?.leave();
    this.#lastId += 1;
    const member: Member = {
      id: this.#lastId,
      channel,
      flags,
      muted: flags.mute,
      leave: () => this.#leave(member, connection, left),
    };
    const connection: Connection = { otherLeg: undefined, leave: () => member.leave() };
    channel.connection = connection;
    this.#members.set(member.id, member);
    channel.port.join(this.#mixer);
    if (flags.mute) channel.port.muteRead(true);
    this.#tell('add-member', member);
    return member;
  }

  member(id: number): Member | undefined {
    return this.#members.get(id);
  }

  mute(member: Member, on: boolean): void {
    member.muted = on;
    member.channel.port.muteRead(on);
    this.#tell(on ? 'mute-member' : 'unmute-member', member);
  }

  #leave(member: Member, connection: Connection, left: () => void): void {
    if (!this.#members.delete(member.id)) return;
    const { channel, flags } = member;
    channel.port.leave();
    if (member.muted) channel.port.muteRead(false);
    if (channel.connection === connection) channel.connection = undefined;
    this.#tell('del-member', member);
    left();
    const keepers = this.members.some((other) => other.flags.endconf);
    if (flags.endconf && !keepers) for (const other of this.members) other.leave();
    if (this.#members.size === 0) this.#emptied();
  }

  #tell(action: string, member: Member): void {
    member.channel.tell('CUSTOM', {
      'Event-Subclass': 'conference::maintenance',
      'Conference-Name': this.name,
      'Conference-Size': String(this.#members.size),
      'Conference-Ghosts': '0',
      'Conference-Profile-Name': 'default',
      'Conference-Unique-ID': this.uuid,
      Action: action,
      'Member-ID': String(member.id),
      'Member-Type': member.flags.moderator ? 'moderator' : 'member',
      'Member-Ghost': 'false',
      Speak: String(!member.muted),
      Hear: 'true',
    });
  }
}
