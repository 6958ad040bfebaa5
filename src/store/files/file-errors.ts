import { RecordingFileError, type RecordingFileFault } from '../../flows/ports/recording-files.js';

/** What the system says of files (errno(3)), in our words. */
const FAULTS: Readonly<Record<string, RecordingFileFault>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EFBIG: 'full',
  ENOENT: 'missing',
};

/** Whatever happened while `doing`; anything unknown is a place that cannot be used. */
export function toFileError(error: unknown, doing: string): RecordingFileError {
  if (error instanceof RecordingFileError) return error;
  const code = codeOf(error);
  return new RecordingFileError(FAULTS[code] ?? 'unwritable', `${doing} (${code})`, {
    cause: error,
  });
}

export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
