import { writeSync } from 'node:fs';

/** Longer than any turn's lines under load; a turn that says more is written in pieces. */
const MOST = 256 * 1024;

/**
 * Writes what one turn of the event loop has to say in one system call. A line is out before the
 * next turn begins, so that a process that is killed has lost the words of one turn at the most.
 */
export class TurnWriter {
  #waiting = '';

  constructor(private readonly descriptor: number) {
    process.on('exit', () => this.flush());
  }

  write(line: string): void {
    if (this.#waiting === '') setImmediate(() => this.flush());
    this.#waiting += line;
    if (this.#waiting.length > MOST) this.flush();
  }

  flush(): void {
    let rest = Buffer.from(this.#waiting);
    this.#waiting = '';
    while (rest.length > 0) rest = rest.subarray(this.#writeSome(rest));
  }

  /** A pipe whose reader is slow takes what it can; one whose reader is gone takes nothing ever. */
  #writeSome(bytes: Buffer): number {
    try {
      return writeSync(this.descriptor, bytes);
    } catch (error) {
      const again = error instanceof Error && 'code' in error && error.code === 'EAGAIN';
      return again ? 0 : bytes.length;
    }
  }
}
