import { MediaFailed, type MediaServers } from '../flows/ports/media.js';

/** `media.engine: none`: whatever needs audio of ours is refused, and the rest goes on. */
export const NO_MEDIA: MediaServers = {
  choose: () => {
    throw new MediaFailed('no-server', 'media.engine is none');
  },
};
