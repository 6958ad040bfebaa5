import type { FrameSource } from '../audio/frame-source.js';
import { playSilence } from '../audio/silence.js';
import { playTones } from '../audio/tone-stream.js';
import { playWavFile } from '../audio/wav-file.js';
import type { PermittedPaths } from '../files/permitted-paths.js';

/** Something to play, opened. */
export interface Sound {
  readonly source: FrameSource;
  /** As events name it. */
  readonly path: string;
  readonly type: 'tone_stream' | undefined;
  /** Where it begins, in samples at 8 kHz. */
  readonly from: number;
}

/**
 * Opens what FreeSWITCH calls a file: `tone_stream://…`, `silence_stream://MS`, the path of a WAV
 * file, with `@@SAMPLES` behind it to begin later, or `file_string://A!B` for several without a gap.
 * Undefined: not found, or not permitted.
 */
export async function openSound(
  text: string,
  permitted: PermittedPaths,
): Promise<Sound | undefined> {
  // `{name=value}` in front is for other kinds of file.
  const path = text.trim().replace(/^\{[^}]*\}/, '');
  try {
    const [, scheme = '', rest = ''] = /^([a-z_]+):\/\/(.*)$/s.exec(path) ?? [];
    if (scheme === 'tone_stream') {
      return { source: playTones(rest), path, type: 'tone_stream', from: 0 };
    }
    if (scheme === 'silence_stream') return silence(path, rest);
    if (scheme === 'file_string') return await several(path, rest.split('!'), permitted);
    return scheme === '' ? await wavFile(path, permitted) : undefined;
  } catch {
    return undefined;
  }
}

/** `MS` or `MS,noise`; -1 is for ever. */
function silence(path: string, rest: string): Sound | undefined {
  const ms = Number(/^-?\d{1,8}/.exec(rest)?.[0]);
  if (Number.isNaN(ms)) return undefined;
  return { source: playSilence(ms < 0 ? undefined : ms), path, type: undefined, from: 0 };
}

async function wavFile(path: string, permitted: PermittedPaths): Promise<Sound | undefined> {
  const [, file = path, offset = '0'] = /^(.*)@@(\d{1,9})$/s.exec(path) ?? [];
  const real = await permitted.toRead(file);
  if (real === undefined) return undefined;
  const from = Number(offset);
  return { source: await playWavFile(real, from), path: file, type: undefined, from };
}

const mostFiles = 64;

/** As mod_dptools does it: each in its turn, and one that is not there is left out. */
async function several(
  path: string,
  files: readonly string[],
  permitted: PermittedPaths,
): Promise<Sound | undefined> {
  const sources: FrameSource[] = [];
  for (const file of files.slice(0, mostFiles)) {
    const sound = file.startsWith('file_string:') ? undefined : await openSound(file, permitted);
    if (sound !== undefined) sources.push(sound.source);
  }
  if (sources.length === 0) return undefined;
  return { source: inTurn(sources), path, type: undefined, from: 0 };
}

function inTurn(sources: FrameSource[]): FrameSource {
  return {
    next: () => {
      for (;;) {
        const frame = sources[0]?.next();
        if (frame !== undefined || sources.length === 0) return frame;
        sources.shift();
      }
    },
  };
}
