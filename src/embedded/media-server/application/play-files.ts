import type { Channel } from '../channel/channel.js';
import { openSound, type Sound } from './sound.js';
import { pause } from './run.js';

/** Why playing ended. */
export type PlayEnd = 'played' | 'not-found' | 'break' | 'timeout';

export interface PlayOptions {
  readonly signal: AbortSignal;
  /** Whether a digit ends it. */
  readonly endsAt?: (digit: string) => boolean;
}

/** Silence between two files of one playback, unless `playback_sleep_val` says otherwise. */
const pauseBetweenMs = 250;
const mostFiles = 64;

/** Plays a file, or several between the delimiter of the channel, and says so. */
export async function playFiles(
  channel: Channel,
  text: string,
  { signal, endsAt = () => false }: PlayOptions,
): Promise<PlayEnd> {
  const aborter = new AbortController();
  const stopListening = channel.ears.listen((digit) => {
    if (endsAt(digit)) aborter.abort();
  });
  try {
    const either = AbortSignal.any([signal, aborter.signal]);
    return await playEach(channel, playlist(channel, text), either);
  } finally {
    stopListening();
  }
}

async function playEach(
  channel: Channel,
  files: readonly string[],
  signal: AbortSignal,
): Promise<PlayEnd> {
  const between = Number(channel.variables.get('playback_sleep_val') ?? pauseBetweenMs);
  for (const [index, file] of files.entries()) {
    if (index > 0 && between > 0) await pause(between, signal);
    const end = await playOne(channel, file, signal);
    if (end !== 'played') return end;
  }
  return 'played';
}

async function playOne(channel: Channel, file: string, signal: AbortSignal): Promise<PlayEnd> {
  const sound = await openSound(file, channel.sounds);
  if (sound === undefined) return 'not-found';
  if (signal.aborted) return 'break';
  const about = aboutSound(sound);
  channel.tellWithVariables('PLAYBACK_START', about);
  const limit = timeLimit(channel);
  const either = limit === undefined ? signal : AbortSignal.any([signal, limit]);
  const { how, samples } = await channel.player.play(sound.source, either);
  notePlayed(channel, sound, samples);
  const status = how === 'done' ? 'done' : 'break';
  channel.tellWithVariables('PLAYBACK_STOP', { ...about, 'Playback-Status': status });
  if (how === 'done') return 'played';
  return limit?.aborted === true ? 'timeout' : 'break';
}

function aboutSound({ path, type }: Sound): Record<string, string> {
  return {
    ...(type === undefined ? {} : { 'Playback-File-Type': type }),
    'Playback-File-Path': path,
  };
}

function notePlayed(channel: Channel, sound: Sound, samples: number): void {
  const ms = Math.floor(samples / 8);
  channel.variables.set('playback_last_offset_pos', String(sound.from + samples));
  channel.variables.set('playback_seconds', String(Math.floor(ms / 1000)));
  channel.variables.set('playback_ms', String(ms));
  channel.variables.set('playback_samples', String(samples));
}

/** `playback_timeout_sec`, which FreeSWITCH heeds from two seconds on. */
function timeLimit(channel: Channel): AbortSignal | undefined {
  const seconds = Number(channel.variables.get('playback_timeout_sec') ?? 0);
  return seconds > 1 ? AbortSignal.timeout(Math.min(seconds, longestSeconds) * 1000) : undefined;
}

const longestSeconds = 86_400;

function playlist(channel: Channel, text: string): string[] {
  const delimiter = channel.variables.get('playback_delimiter');
  const listed = delimiter === undefined || text.startsWith('file_string://');
  return listed ? [text] : text.split(delimiter).slice(0, mostFiles);
}
