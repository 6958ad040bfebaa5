import { mkdir, open, readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordingId } from '../../domain/recordings/recording-id.js';
import { instant } from '../../domain/time.js';
import { RecordingFileError, type RawRecordings } from '../../flows/ports/recording-files.js';
import { openReadable } from './readable-file.js';
import { codeOf, toFileError } from './file-errors.js';

/** Half an hour of two channels at 8 kHz: less room than this and a recording does not start. */
const LEAST_ROOM = 64 * 1024 * 1024;
const NAME = /^(rec_[0-9A-HJKMNP-TV-Z]{26})\.wav$/;

/** The WAV files of a media server on this machine, or on one that shares this directory. */
export function rawDirectory(directory: string, leastRoom = LEAST_ROOM): RawRecordings {
  const pathOf = (id: RecordingId): string => join(directory, `${id}.wav`);
  return {
    prepare: async (id) => {
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        const { bavail, bsize } = await statfs(directory);
        if (bavail * bsize < leastRoom) throw new RecordingFileError('full', 'too little room');
        // A media server that runs as another user reaches its file by the group of the directory.
        const { mode } = await stat(directory);
        const file = await open(pathOf(id), 'wx', mode & 0o020 ? 0o660 : 0o600);
        if (mode & 0o020) await file.chmod(0o660);
        await file.close();
        return pathOf(id);
      } catch (error) {
        throw asUnwritable(toFileError(error, 'make room for a recording'));
      }
    },

    look: async (id) => {
      try {
        const { size, mtimeMs } = await stat(pathOf(id));
        return { size, changedAt: instant(Math.floor(mtimeMs)) };
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return undefined;
        throw toFileError(error, 'look at a recording');
      }
    },

    open: (id) => openReadable(pathOf(id)),
    remove: async (id) => {
      await rm(pathOf(id), { force: true }).catch((error: unknown) => {
        throw toFileError(error, 'remove a recording');
      });
    },

    list: async () => {
      try {
        const names = await readdir(directory);
        return names.flatMap((name) => (NAME.exec(name)?.[1] ?? []) as RecordingId | []);
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return [];
        throw toFileError(error, 'list recordings');
      }
    },
  };
}

/** To one who wants to write, a path that is not there is no place to write to. */
function asUnwritable(error: RecordingFileError): RecordingFileError {
  if (error.fault !== 'missing') return error;
  return new RecordingFileError('unwritable', error.message, { cause: error });
}
