import { playFiles, type PlayEnd } from './play-files.js';
import type { Application } from './run.js';

const responses: Readonly<Record<PlayEnd, string>> = {
  played: 'FILE PLAYED',
  break: 'FILE PLAYED',
  'not-found': 'FILE NOT FOUND',
  timeout: 'PLAYBACK ERROR',
};

/** `playback FILE`, ended by the digits of `playback_terminators`. */
export const playback: Application = async (channel, argument, signal) => {
  const terminators = terminatorsOf(channel.variables.get('playback_terminators'));
  channel.variables.set('playback_terminator_used', undefined);
  const end = await playFiles(channel, argument, {
    signal,
    endsAt: (digit) => {
      const ends = terminators.includes(digit);
      if (ends) channel.variables.set('playback_terminator_used', digit);
      return ends;
    },
  });
  return responses[end];
};

/** FreeSWITCH's default is the star. */
function terminatorsOf(text = '*'): string {
  if (text === 'none') return '';
  return text === 'any' ? '0123456789*#ABCD' : text;
}
