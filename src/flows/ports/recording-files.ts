import type { RecordingId } from '../../domain/recordings/recording-id.js';
import type { TenantId } from '../../domain/sessions/session.js';
import type { Instant } from '../../domain/time.js';

/**
 * What kept a file from being written or read:
 * - full: no room left on the disk, or less than a recording needs;
 * - unwritable: the directory is missing, read-only or another's;
 * - damaged: it is not what was sealed: changed, cut short, swapped, or sealed with another key;
 * - missing: it is not there.
 */
export type RecordingFileFault = 'full' | 'unwritable' | 'damaged' | 'missing';

/** No path and no content is in the message. */
export class RecordingFileError extends Error {
  override readonly name = 'RecordingFileError';
  readonly fault: RecordingFileFault;

  constructor(fault: RecordingFileFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

/** A file that is open for reading. */
export interface ReadableFile {
  /** Bytes, when it was opened. */
  readonly size: number;
  /** At most `length` bytes; fewer only where the file ends. @throws RecordingFileError */
  read(at: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** The directory in which a media server leaves its WAV files until they are sealed. */
export interface RawRecordings {
  /**
   * Makes room for a recording: the directory and an empty file that nobody else may read.
   * @returns the absolute path, for the media server.
   * @throws RecordingFileError (full, unwritable)
   */
  prepare(id: RecordingId): Promise<string>;
  /** How large it is and when it last changed; undefined when it is not there. */
  look(
    id: RecordingId,
  ): Promise<{ readonly size: number; readonly changedAt: Instant } | undefined>;
  /** @throws RecordingFileError (missing) */
  open(id: RecordingId): Promise<ReadableFile>;
  /** Nothing happens when it is not there. */
  remove(id: RecordingId): Promise<void>;
  /** Every recording that has a file here. */
  list(): Promise<readonly RecordingId[]>;
}

/** Where sealed recordings rest; it sees nothing that it could understand. */
export interface SealedRecordings {
  /** Replaces what is there; resolves when it would survive a power cut. @throws RecordingFileError */
  write(tenant: TenantId, id: RecordingId, bytes: AsyncIterable<Uint8Array>): Promise<void>;
  /** @throws RecordingFileError (missing) */
  open(tenant: TenantId, id: RecordingId): Promise<ReadableFile>;
  /** Nothing happens when it is not there. */
  remove(tenant: TenantId, id: RecordingId): Promise<void>;
}

/** What a seal belongs to. It is authenticated, so a sealed file opens in its own place only. */
export interface SealedRecordingName {
  readonly tenant: TenantId;
  readonly id: RecordingId;
}

/** A sealed recording whose length has been proved. */
export interface UnsealedRecording {
  /** Bytes of the WAV file. */
  readonly size: number;
  /**
   * Bytes `from` to `to`, the last included, each proved before it is given out.
   * @throws RecordingFileError (damaged)
   */
  read(from: number, to: number): AsyncIterable<Uint8Array>;
}

/** Seals recordings with keys of the vault, each tenant its own. */
export interface RecordingSeals {
  seal(name: SealedRecordingName, plain: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** @throws RecordingFileError (damaged) when even the end of it is not what was sealed. */
  unseal(name: SealedRecordingName, sealed: ReadableFile): Promise<UnsealedRecording>;
}
