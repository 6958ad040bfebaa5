import { EventEmitter, once } from 'node:events';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import type { MediaDialog, SipSignalling } from '../../src/media/fsmrf.js';

/** `api` commands and their answers; undefined: none ever comes. */
type Answer = (command: string) => string | undefined;

const GOOD_STATUS = 'FreeSWITCH (Version 1) is ready\n0 session(s) - peak 1\n1000 session(s) max\n';

/** One channel's connection to the application, from the server's side. */
export class ScriptedChannel {
  /** Commands as they came, each whole. */
  readonly commands: string[] = [];
  /** What came at once, whole command or not. */
  readonly pieces: string[] = [];

  constructor(
    readonly uuid: string,
    readonly socket: Socket,
    private readonly server: ScriptedMediaServer,
  ) {
    socket.on('error', () => undefined);
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      this.pieces.push(chunk.toString());
      text += chunk.toString();
      for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
        this.#take(text.slice(0, end));
        text = text.slice(end + 2);
      }
    });
  }

  #take(command: string): void {
    this.commands.push(command);
    if (command === 'connect') this.#reply(this.server.channelData(this.uuid));
    else if (command.startsWith('api ')) {
      const answer = this.server.answer(command.slice(4));
      if (answer !== undefined) this.socket.write(apiResponse(answer));
    } else this.#reply('Content-Type: command/reply\nReply-Text: +OK');
    const app = /^execute-app-name: (.+)$/m.exec(command)?.[1];
    const id = /^Event-UUID: (.+)$/m.exec(command)?.[1] ?? '';
    if (app !== undefined) this.server.execute(app, this, id);
  }

  event(fields: Readonly<Record<string, string>>): void {
    const body = JSON.stringify({ 'Unique-ID': this.uuid, ...fields });
    this.socket.write(`Content-Length: ${body.length}\nContent-Type: text/event-json\n\n${body}`);
  }

  #reply(head: string): void {
    this.socket.write(`${head}\n\n`);
  }
}

const apiResponse = (body: string): string =>
  `Content-Type: api/response\nContent-Length: ${Buffer.byteLength(body)}\n\n${body}`;

/**
 * An event socket, and the SIP behind it, that do what a test tells them: whatever FreeSWITCH was seen
 * to do wrong can be done here at will.
 */
export class ScriptedMediaServer {
  readonly channels: ScriptedChannel[] = [];
  readonly commands: string[] = [];
  connections = 0;
  readonly #open = new Set<Socket>();
  password = 'secret';
  profile = 'drachtio_mrf';
  answer: Answer = (command) => this.usual(command);
  execute: (app: string, channel: ScriptedChannel, id: string) => void = (app, channel, id) =>
    channel.event({
      'Event-Name': 'CHANNEL_EXECUTE_COMPLETE',
      'Application-UUID': id,
      Application: app,
    });
  /** What it says to an INVITE without an offer. */
  offer = 'v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio 4000 RTP/AVP 0\r\n';
  invite: 'answer' | 'answer, and connect to nobody' | 503 = 'answer';
  /** Descriptions in ACKs. */
  readonly acks: string[] = [];
  readonly dialogs: (EventEmitter & { connected: boolean })[] = [];
  #server: Server;
  #port = 0;

  private constructor() {
    this.#server = this.#listener();
  }

  static async open(): Promise<ScriptedMediaServer> {
    const server = new ScriptedMediaServer();
    await server.come();
    return server;
  }

  get address(): { host: string; port: number; password: string } {
    return { host: '127.0.0.1', port: this.#port, password: 'secret' };
  }

  usual(command: string): string {
    if (command === 'sofia status') {
      return `  ${this.profile}\tprofile\tsip:mod_sofia@127.0.0.1:5080\tRUNNING (0)\n`;
    }
    if (command === 'status') return GOOD_STATUS;
    return command.startsWith('uuid_exists') ? 'true' : '+OK\n';
  }

  /** Everything of it is gone at once, as when the process dies. */
  async die(): Promise<void> {
    for (const { socket } of this.channels) socket.destroy();
    await this.loseControl();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** Only the application's own connections are lost; channels stay. */
  async loseControl(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise((resolve) => setImmediate(resolve));
  }

  async come(): Promise<void> {
    if (this.#server.listening) return;
    this.#server = this.#listener();
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as { port: number }).port;
  }

  channelData(uuid: string): string {
    const head = { 'Event-Name': 'CHANNEL_DATA', 'Channel-Unique-ID': uuid, 'Unique-ID': uuid };
    const agent = `drachtio-fsmrf%3A${uuid}`;
    return [
      ...Object.entries(head).map(([name, value]) => `${name}: ${value}`),
      `variable_sip_user_agent: ${agent}`,
      'Content-Type: command/reply',
      'Reply-Text: %2BOK%0A',
    ].join('\n');
  }

  /** drachtio-srf as far as fsmrf goes, with this server at the other end. */
  get sip(): SipSignalling {
    return {
      createUAC: (_, { headers, localSdp }, __, answered) => {
        if (this.invite === 503) {
          answered(Object.assign(new Error('refused'), { status: 503 }));
          return;
        }
        const dialog = this.#dialog();
        if (this.invite === 'answer') this.#connect(headers);
        if (localSdp !== undefined) answered(null, dialog);
        else {
          const ack = (sdp: string): Promise<MediaDialog> => {
            this.acks.push(sdp);
            return Promise.resolve(dialog);
          };
          answered(null, { sdp: this.offer, ack, destroy: () => Promise.resolve() });
        }
      },
    };
  }

  #dialog(): MediaDialog {
    const dialog = Object.assign(new EventEmitter(), {
      connected: true,
      id: 'dialog',
      socket: {},
      local: { contact: '' },
      remote: { sdp: this.offer },
      // As drachtio-srf does for a dialog that the engine has forgotten.
      destroy: () => Promise.reject(new Error('unable to find dialog for dialog id provided')),
      agent: { request: () => undefined },
    });
    this.dialogs.push(dialog);
    return dialog;
  }

  #connect(headers: Readonly<Record<string, string>>): void {
    const [host = '', port] = (headers['X-esl-outbound'] ?? '').split(':');
    const uuid = (headers['User-Agent'] ?? '').slice('drachtio-fsmrf:'.length);
    const socket = createConnection({ host, port: Number(port) });
    this.channels.push(new ScriptedChannel(uuid, socket, this));
  }

  #listener(): Server {
    return createServer((socket) => {
      this.connections += 1;
      this.#open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#open.delete(socket));
      socket.write('Content-Type: auth/request\n\n');
      let text = '';
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
          const reply = this.#replyTo(text.slice(0, end));
          text = text.slice(end + 2);
          if (reply !== undefined) socket.write(reply);
        }
      });
    });
  }

  #replyTo(command: string): string | undefined {
    this.commands.push(command);
    const say = (text: string): string => `Content-Type: command/reply\nReply-Text: ${text}\n\n`;
    if (command.startsWith('auth ')) {
      return say(command === `auth ${this.password}` ? '+OK accepted' : '-ERR invalid');
    }
    if (!command.startsWith('api ')) return say('+OK');
    const answer = this.answer(command.slice(4));
    return answer === undefined ? undefined : apiResponse(answer);
  }
}
