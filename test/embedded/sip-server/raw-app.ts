import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawFrame {
  readonly meta: string;
  readonly tokens: readonly string[];
  readonly sip: string;
}

/** An application made of a socket: it sends frames as a test writes them, and keeps all it gets. */
export class RawApp {
  readonly frames: RawFrame[] = [];
  /** The frames of each read, to see what came together. */
  readonly reads: RawFrame[][] = [];
  closed = false;
  readonly socket: Socket;
  #bytes = Buffer.alloc(0);
  #read = 0;
  #sent = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('close', () => (this.closed = true));
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  static async open(port: number, secret?: string): Promise<RawApp> {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    await once(socket, 'connect');
    const app = new RawApp(socket);
    if (secret !== undefined) await app.ask(`authenticate|${secret}|`);
    return app;
  }

  /** Sends a payload without its id and returns that id. */
  send(rest: string): string {
    this.#sent += 1;
    const id = `msg-${this.#sent}`;
    const payload = `${id}|${rest}`;
    this.socket.write(`${Buffer.byteLength(payload)}#${payload}`);
    return id;
  }

  /** Sends and waits for the reply. */
  async ask(rest: string): Promise<RawFrame> {
    const id = this.send(rest);
    return this.expect((frame) => frame.tokens[1] === 'response' && frame.tokens[2] === id);
  }

  async expect(matches: (frame: RawFrame) => boolean, within = 3_000): Promise<RawFrame> {
    const deadline = Date.now() + within;
    for (;;) {
      for (; this.#read < this.frames.length;) {
        const frame = this.frames[this.#read]!;
        this.#read += 1;
        if (matches(frame)) return frame;
      }
      if (Date.now() > deadline) throw new Error('no such frame');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async gone(): Promise<void> {
    if (!this.closed) await once(this.socket, 'close');
  }

  close(): void {
    this.socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    const together: RawFrame[] = [];
    for (;;) {
      const hash = this.#bytes.indexOf('#');
      const length = Number(this.#bytes.toString('latin1', 0, Math.max(hash, 0)));
      if (hash < 0 || this.#bytes.length < hash + 1 + length) break;
      const payload = this.#bytes.toString('utf8', hash + 1, hash + 1 + length);
      this.#bytes = this.#bytes.subarray(hash + 1 + length);
      const [meta = '', ...sip] = payload.split('\r\n');
      together.push({ meta, tokens: meta.split('|'), sip: sip.join('\r\n') });
    }
    this.frames.push(...together);
    this.reads.push(together);
  }
}
