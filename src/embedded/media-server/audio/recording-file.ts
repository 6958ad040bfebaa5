import { close, ftruncate, open, write } from 'node:fs';
import { promisify } from 'node:util';
import { wavHeader, wavHeaderOctets } from './wav-header.js';

const channels = 2;
const rate = 8_000;
/** Pieces that wait for the disk; it is too slow for us when there are more. */
const mostWaiting = 16;

const writeAt = promisify(write);

/**
 * The WAV file of a recording, written in pieces. After each piece the header says how long the
 * file is, so that it can be read whenever the writing ends.
 */
export class RecordingFile {
  readonly #fd: number;
  readonly #failed: (error: Error) => void;
  #octets = 0;
  #waiting = 0;
  #broken = false;
  #last: Promise<void> = Promise.resolve();

  private constructor(fd: number, failed: (error: Error) => void) {
    this.#fd = fd;
    this.#failed = failed;
  }

  /** @throws NodeJS.ErrnoException */
  static async open(path: string, failed: (error: Error) => void): Promise<RecordingFile> {
    // Whoever listens later is told by other means; nobody else on the machine reads along.
    const fd = await promisify(open)(path, 'w', 0o600);
    const file = new RecordingFile(fd, failed);
    try {
      await file.#writeWhole(wavHeader(channels, rate, 0), 0);
    } catch (error) {
      await promisify(close)(fd);
      throw error;
    }
    return file;
  }

  /** Takes the piece over; it is written when those before are. */
  append(piece: Buffer): void {
    if (this.#broken) return;
    if (this.#waiting >= mostWaiting) {
      this.#break(new Error('the disk does not keep up with the recording'));
      return;
    }
    this.#waiting += 1;
    this.#last = this.#last.then(() => this.#write(piece));
  }

  /** Resolves when all is written and the file is closed. */
  async close(): Promise<void> {
    await this.#last;
    // Half a frame that a failed write left would swap the channels of whoever appends.
    if (this.#broken) await promisify(ftruncate)(this.#fd, this.#end).catch(() => undefined);
    await promisify(close)(this.#fd);
  }

  get #end(): number {
    return wavHeaderOctets + this.#octets;
  }

  async #write(piece: Buffer): Promise<void> {
    try {
      if (this.#broken) return;
      await this.#writeWhole(piece, this.#end);
      this.#octets += piece.length;
      await this.#writeWhole(wavHeader(channels, rate, this.#octets), 0);
    } catch (error) {
      this.#break(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.#waiting -= 1;
    }
  }

  async #writeWhole(bytes: Buffer, position: number): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await writeAt(
        this.#fd,
        bytes,
        done,
        bytes.length - done,
        position + done,
      );
      if (bytesWritten === 0) throw new Error('nothing was written');
      done += bytesWritten;
    }
  }

  #break(error: Error): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#failed(error);
  }
}
