import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** One message on an event socket: its headers, and the body that Content-Length counts. */
export interface EslMessage {
  readonly type: string;
  readonly reply: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** An application's end of an event socket, made of a socket and text. */
export class EventSocketClient {
  readonly heard: EslMessage[] = [];
  closed = false;
  #text = '';
  #read = 0;

  constructor(readonly socket: Socket) {
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => this.#take(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => (this.closed = true));
  }

  static async open(port: number, password?: string): Promise<EventSocketClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const client = new EventSocketClient(socket);
    await client.next();
    if (password !== undefined) await client.command(`auth ${password}`);
    return client;
  }

  write(text: string | Buffer): void {
    this.socket.write(text);
  }

  /** The next message that is no event. */
  async command(line: string): Promise<EslMessage> {
    this.write(`${line}\n\n`);
    return await this.next((message) => !message.type.startsWith('text/event'));
  }

  async api(command: string): Promise<string> {
    return (await this.command(`api ${command}`)).body;
  }

  async event(name: string, more: Record<string, string> = {}): Promise<Record<string, string>> {
    const fits = (message: EslMessage): boolean => {
      if (message.type !== 'text/event-json') return false;
      const event = JSON.parse(message.body) as Record<string, string>;
      return event['Event-Name'] === name && Object.entries(more).every(([k, v]) => event[k] === v);
    };
    return JSON.parse((await this.next(fits)).body) as Record<string, string>;
  }

  async next(fits: (message: EslMessage) => boolean = () => true): Promise<EslMessage> {
    const deadline = Date.now() + 4_000;
    for (;;) {
      for (let at = this.#read; at < this.heard.length; at += 1) {
        const message = this.heard[at]!;
        if (!fits(message)) continue;
        this.#read = at + 1;
        return message;
      }
      if (Date.now() > deadline) throw new Error(`not heard; since: ${this.#since()}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async end(): Promise<void> {
    if (!this.closed) await once(this.socket, 'close');
  }

  #since(): string {
    return this.heard
      .slice(this.#read)
      .map(({ type, reply }) => `${type} ${reply}`)
      .join(', ');
  }

  #take(chunk: string): void {
    this.#text += chunk;
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end < 0) return;
      const headers = new Map<string, string>();
      for (const line of this.#text.slice(0, end).split('\n')) {
        const colon = line.indexOf(': ');
        headers.set(line.slice(0, colon), line.slice(colon + 2));
      }
      const length = Number(headers.get('Content-Length') ?? 0);
      if (this.#text.length < end + 2 + length) return;
      const body = this.#text.slice(end + 2, end + 2 + length);
      this.#text = this.#text.slice(end + 2 + length);
      const type = headers.get('Content-Type') ?? '';
      this.heard.push({ type, reply: headers.get('Reply-Text') ?? '', headers, body });
    }
  }
}

/** Where channels connect to: each connection is one of their controls. */
export class Controller {
  readonly #controls: EventSocketClient[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => this.#controls.push(new EventSocketClient(socket)));
  }

  static async open(): Promise<Controller> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Controller(server);
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The next channel's connection, greeted and listening to everything of its channel. */
  async control(): Promise<{ control: EventSocketClient; uuid: string; data: EslMessage }> {
    const deadline = Date.now() + 4_000;
    while (this.#controls.length === 0) {
      if (Date.now() > deadline) throw new Error('no channel connected');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const control = this.#controls.shift()!;
    const data = await control.command('connect');
    const uuid = data.headers.get('Channel-Unique-ID') ?? '';
    await control.command('myevents json');
    return { control, uuid, data };
  }

  get waiting(): number {
    return this.#controls.length;
  }

  close(): void {
    this.#server.close();
  }
}
