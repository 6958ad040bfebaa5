import { MediaFailed, type Sound } from '../flows/ports/media.js';
import { ringbackOf } from './ringback.js';

/** No blank, no delimiter of FreeSWITCH's own, nothing that it would expand. */
const PATH = /^\/(?:[\w./+~=-]|@(?!@))+$/;

/**
 * The sounds as one file of FreeSWITCH's: it reads `file_string://a!b` without a gap, where
 * `playback a!b` pauses 250 ms between two and needs a channel variable that sticks.
 * @throws MediaFailed `not-played` for a path that FreeSWITCH would read otherwise.
 */
export function fileOf(sounds: readonly Sound[]): string {
  const files = sounds.map(one);
  return files.length === 1 ? (files[0] ?? '') : `file_string://${files.join('!')}`;
}

/** Whether it ends by itself. */
export const isFinite = (sounds: readonly Sound[]): boolean =>
  sounds.every(({ is }) => is !== 'ringback');

function one(sound: Sound): string {
  switch (sound.is) {
    case 'file':
      if (!PATH.test(sound.path)) throw new MediaFailed('not-played', 'unusual path of a sound');
      return sound.path;
    case 'silence':
      return `silence_stream://${Math.round(sound.length)}`;
    case 'beep':
      return 'tone_stream://%(200,0,1400)';
    case 'ringback':
      return `tone_stream://${ringbackOf(sound.country)};loops=-1`;
  }
}
