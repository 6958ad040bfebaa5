/** Cuts a stream into messages by Content-Length (RFC 3261 §18.3). */
export class Cutter {
  #pending: Buffer = Buffer.alloc(0);
  readonly #out: (message: Buffer) => void;

  constructor(out: (message: Buffer) => void) {
    this.#out = out;
  }

  push(chunk: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    for (;;) {
      const start = this.#pending.findIndex((byte) => byte !== 13 && byte !== 10);
      if (start < 0) return;
      const end = this.#pending.indexOf('\r\n\r\n', start);
      if (end < 0) return;
      const head = this.#pending.toString('latin1', start, end);
      const length = Number(/^(?:content-length|l)\s*:\s*(\d+)/im.exec(head)?.[1] ?? 0);
      if (this.#pending.length < end + 4 + length) return;
      const message = this.#pending.subarray(start, end + 4 + length);
      this.#pending = this.#pending.subarray(end + 4 + length);
      this.#out(message);
    }
  }
}
