import { open } from 'node:fs/promises';
import type { ReadableFile } from '../../flows/ports/recording-files.js';
import { toFileError } from './file-errors.js';

/** @throws RecordingFileError (missing, unwritable) */
export async function openReadable(path: string): Promise<ReadableFile> {
  try {
    const file = await open(path, 'r');
    const { size } = await file.stat();
    return {
      size,
      read: async (at, length) => {
        const bytes = Buffer.alloc(length);
        let filled = 0;
        // A read may give less than was asked for in mid-file.
        for (let more = 1; more > 0 && filled < length; filled += more) {
          more = (await file.read(bytes, filled, length - filled, at + filled)).bytesRead;
        }
        return bytes.subarray(0, filled);
      },
      close: () => file.close(),
    };
  } catch (error) {
    throw toFileError(error, 'open a recording');
  }
}
