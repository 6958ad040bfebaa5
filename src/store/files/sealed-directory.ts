import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordingId } from '../../domain/recordings/recording-id.js';
import type { TenantId } from '../../domain/sessions/session.js';
import type { SealedRecordings } from '../../flows/ports/recording-files.js';
import { toFileError } from './file-errors.js';
import { openReadable } from './readable-file.js';

/** Sealed recordings as files: a directory for each tenant, `<recording id>.sealed` in it. */
export function sealedDirectory(directory: string): SealedRecordings {
  const placeOf = (tenant: TenantId): string => join(directory, tenant);
  const pathOf = (tenant: TenantId, id: RecordingId): string =>
    join(placeOf(tenant), `${id}.sealed`);

  return {
    write: async (tenant, id, bytes) => {
      const path = pathOf(tenant, id);
      const draft = `${path}.part`;
      try {
        await mkdir(placeOf(tenant), { recursive: true, mode: 0o700 });
        await writeThrough(draft, bytes);
        // Under its own name only when it is whole, and the name itself must last.
        await rename(draft, path);
        await syncDirectory(placeOf(tenant));
      } catch (error) {
        await rm(draft, { force: true }).catch(() => undefined);
        throw toFileError(error, 'write a sealed recording');
      }
    },
    open: (tenant, id) => openReadable(pathOf(tenant, id)),
    remove: async (tenant, id) => {
      try {
        await rm(pathOf(tenant, id), { force: true });
      } catch (error) {
        throw toFileError(error, 'remove a sealed recording');
      }
    },
  };
}

async function writeThrough(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    for await (const part of bytes) await file.writeFile(part);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
