import { MediaFailed, type MediaConference, type MediaEndpoint } from '../flows/ports/media.js';
import { millis, type Clock } from '../domain/time.js';
import type { Channel } from './channel.js';

/** FreeSWITCH reads a name up to `@` or `+`. */
const NAME = /^[\w-]{1,64}$/;
const LOOK_EVERY = millis(100);
const MOST_LOOKS = 30;

export interface ConferenceDeps {
  readonly clock: Clock;
  /** The sofia of rooms: what is heard on entering, who may control it by digits. */
  readonly profile: string;
  channelOf(endpoint: MediaEndpoint): Channel;
  api(command: string): Promise<string>;
}

/**
 * A room of mod_conference. Endpoints are sent there and back by `uuid_transfer`: the application of
 * that name ends only when the endpoint leaves, and drachtio-fsmrf's own conference holds a channel
 * that never hangs up.
 */
export function conference(name: string, deps: ConferenceDeps): MediaConference {
  if (!NAME.test(name)) throw new MediaFailed('not-bridged', 'unusual name of a conference');
  const members = new Set<Channel>();
  const within = (channel: Channel): Promise<boolean> =>
    deps.api(`conference ${name} list`).then((list) => list.includes(channel.uuid));
  const leave = async (channel: Channel): Promise<void> => {
    if (!members.delete(channel) || channel.ending.over) return;
    await channel.move(`uuid_transfer ${channel.uuid} park inline`);
  };
  return {
    join: async (endpoint) => {
      const channel = deps.channelOf(endpoint);
      const room = `conference:${name}@${deps.profile}`;
      await channel.move(`uuid_transfer ${channel.uuid} ${room} inline`);
      members.add(channel);
      await seen(() => within(channel), channel, deps.clock);
    },
    leave: (endpoint) => leave(deps.channelOf(endpoint)),
    end: async () => {
      await Promise.allSettled([...members].map(leave));
      await deps.api(`conference ${name} hup all`);
    },
  };
}

/** `uuid_transfer` answers before the channel is anywhere else. */
async function seen(look: () => Promise<boolean>, channel: Channel, clock: Clock): Promise<void> {
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    if (channel.ending.over) throw new MediaFailed('gone');
    if (await look()) return;
    await new Promise<void>((resolve) => void clock.after(LOOK_EVERY, resolve));
  }
  throw new MediaFailed('not-bridged', 'not in the conference');
}
