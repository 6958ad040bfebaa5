import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { isIPv6 } from 'node:net';

/** A message as text, taken apart just enough to look at. */
export interface RawMessage {
  readonly text: string;
  readonly startLine: string;
  /** `INVITE`, or `180`. */
  readonly what: string;
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
  header(name: string): string;
}

export interface RawUaOptions {
  readonly protocol?: 'udp' | 'tcp';
  readonly address?: string;
  /** Where the engine is, if not at the phone's own address. */
  readonly engineAddress?: string;
  readonly user?: string;
  /** Default: a free one. */
  readonly port?: number;
}

let counter = 0;

/**
 * A phone made of a socket and text: it sends exactly what a test writes and keeps all it hears,
 * and shares no code with the engine.
 */
export class RawUa {
  readonly heard: RawMessage[] = [];
  readonly user: string;
  readonly protocol: 'udp' | 'tcp';
  readonly address: string;
  #port: number;
  readonly #engineAddress: string;
  #udp: UdpSocket | undefined;
  #server: Server | undefined;
  readonly #streams = new Map<number, Socket>();
  #latestStream: Socket | undefined;
  #read = 0;
  readonly #wakers = new Set<() => void>();

  private constructor(options: RawUaOptions) {
    this.protocol = options.protocol ?? 'udp';
    this.address = options.address ?? '127.0.0.1';
    this.#engineAddress = options.engineAddress ?? this.address;
    this.user = options.user ?? 'phone';
    this.#port = options.port ?? 0;
  }

  static async open(options: RawUaOptions = {}): Promise<RawUa> {
    const ua = new RawUa(options);
    await (ua.protocol === 'udp' ? ua.#bindUdp() : ua.#bindTcp());
    return ua;
  }

  get port(): number {
    return this.#port;
  }

  get hostPort(): string {
    return `${isIPv6(this.address) ? `[${this.address}]` : this.address}:${this.#port}`;
  }

  get uri(): string {
    const transport = this.protocol === 'tcp' ? ';transport=tcp' : '';
    return `sip:${this.user}@${this.hostPort}${transport}`;
  }

  /** Sends lines (joined by CRLF) with a correct Content-Length. */
  async send(port: number, lines: readonly string[], body = ''): Promise<void> {
    const length = Buffer.byteLength(body);
    const text = [...lines, `Content-Length: ${length}`, '', body].join('\r\n');
    await this.sendText(port, text);
  }

  async sendText(port: number, text: string | Buffer): Promise<void> {
    if (this.#udp) {
      this.#udp.send(text, port, this.#engineAddress);
      return;
    }
    let stream = this.#streams.get(port) ?? this.#latestStream;
    if (!stream || stream.destroyed) {
      stream = connect(port, this.address);
      await once(stream, 'connect');
      this.#adopt(stream, port);
    }
    stream.write(text);
  }

  /** The next message not yet taken that matches `what` (a method or a status). */
  async expect(what: string | number, within = 4_000): Promise<RawMessage> {
    const wanted = String(what);
    const deadline = Date.now() + within;
    for (;;) {
      for (let at = this.#read; at < this.heard.length; at += 1) {
        const message = this.heard[at]!;
        if (message.what !== wanted) continue;
        this.#read = at + 1;
        return message;
      }
      const left = deadline - Date.now();
      if (left <= 0) {
        const seen = this.heard.slice(this.#read).map((message) => message.what);
        throw new Error(
          `no ${wanted} within ${within} ms; heard since: ${seen.join(' ') || 'nothing'}`,
        );
      }
      await this.#news(left);
    }
  }

  count(what: string | number): number {
    return this.heard.filter((message) => message.what === String(what)).length;
  }

  /** Closes every stream; the phone goes on listening. */
  hangUpStreams(): void {
    for (const stream of this.#streams.values()) stream.destroy();
  }

  async close(): Promise<void> {
    this.#udp?.close();
    this.hangUpStreams();
    this.#latestStream?.destroy();
    if (this.#server) {
      this.#server.close();
      await once(this.#server, 'close');
    }
  }

  async #bindUdp(): Promise<void> {
    const socket = createSocket(isIPv6(this.address) ? 'udp6' : 'udp4');
    socket.on('message', (bytes) => this.#hear(bytes.toString('utf8')));
    socket.bind(this.#port, this.address);
    await once(socket, 'listening');
    this.#port = socket.address().port;
    this.#udp = socket;
  }

  async #bindTcp(): Promise<void> {
    const server = createServer((stream) => this.#adopt(stream, stream.remotePort ?? 0));
    server.listen(this.#port, this.address);
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  #adopt(stream: Socket, port: number): void {
    this.#streams.set(port, stream);
    this.#latestStream = stream;
    let text = '';
    stream.on('error', () => undefined);
    stream.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
      for (;;) {
        const end = text.indexOf('\r\n\r\n');
        if (end < 0) return;
        const length = Number(/content-length: *(\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
        if (text.length < end + 4 + length) return;
        this.#hear(text.slice(0, end + 4 + length));
        text = text.slice(end + 4 + length);
      }
    });
  }

  #hear(text: string): void {
    this.heard.push(parseRaw(text));
    for (const wake of this.#wakers) wake();
  }

  #news(within: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#wakers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, within);
      this.#wakers.add(wake);
    });
  }
}

function parseRaw(text: string): RawMessage {
  const end = text.indexOf('\r\n\r\n');
  const [startLine = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  const [first = '', second = ''] = startLine.split(' ');
  return {
    text,
    startLine,
    what: first === 'SIP/2.0' ? second : first,
    headers,
    body: text.slice(end + 4),
    header: (name) => headers.get(name.toLowerCase())?.[0] ?? '',
  };
}

export function tagIn(value: string): string {
  return /;tag=([^;>\s]+)/.exec(value)?.[1] ?? '';
}

export const sdp = [
  'v=0',
  'o=phone 1 1 IN IP4 127.0.0.1',
  's=-',
  'c=IN IP4 127.0.0.1',
  't=0 0',
  'm=audio 6000 RTP/AVP 0',
  'a=sendrecv',
  '',
].join('\r\n');

export interface RequestOptions {
  readonly headers?: string[];
  readonly body?: string;
  readonly cseq?: number;
  readonly branch?: string;
  readonly contact?: string;
}

/** One dialog of a raw phone as the caller or the callee, kept by hand. */
export class RawCall {
  readonly ua: RawUa;
  readonly port: number;
  readonly callId: string;
  readonly branchStem: string;
  local: string;
  remote: string;
  target: string;
  cseq: number;
  #branches = 0;

  private constructor(ua: RawUa, port: number, parts: Partial<RawCall>) {
    counter += 1;
    this.ua = ua;
    this.port = port;
    this.callId = parts.callId ?? `call-${process.pid}-${counter}@test`;
    this.branchStem = `z9hG4bK-${process.pid}-${counter}`;
    this.local = parts.local ?? `<${ua.uri}>;tag=l${counter}`;
    this.remote = parts.remote ?? '';
    this.target = parts.target ?? '';
    this.cseq = parts.cseq ?? 1;
  }

  static to(ua: RawUa, port: number, user = 'service'): RawCall {
    const host = ua.hostPort.replace(/:\d+$/, '');
    const target = `sip:${user}@${host}:${port}`;
    return new RawCall(ua, port, { target, remote: `<${target}>` });
  }

  /** The callee's side of an INVITE that was heard. */
  static from(ua: RawUa, port: number, invite: RawMessage): RawCall {
    return new RawCall(ua, port, {
      callId: invite.header('call-id'),
      local: `${invite.header('to')};tag=r${counter + 1}`,
      remote: invite.header('from'),
      target: /<([^>]+)>/.exec(invite.header('contact'))?.[1] ?? '',
      cseq: 100,
    });
  }

  get branch(): string {
    return `${this.branchStem}-${this.#branches}`;
  }

  /** Sends a request with a fresh branch; ACK keeps the CSeq of the INVITE before it. */
  async request(method: string, options: RequestOptions = {}): Promise<void> {
    if (options.branch === undefined) this.#branches += 1;
    if (options.cseq === undefined && method !== 'ACK' && method !== 'CANCEL') this.cseq += 1;
    const body = options.body ?? '';
    const { ua } = this;
    await ua.send(
      this.port,
      [
        `${method} ${this.target} SIP/2.0`,
        `Via: SIP/2.0/${ua.protocol.toUpperCase()} ${ua.hostPort};rport;branch=${options.branch ?? this.branch}`,
        'Max-Forwards: 70',
        `From: ${this.local}`,
        `To: ${this.remote}`,
        `Call-ID: ${this.callId}`,
        `CSeq: ${options.cseq ?? this.cseq} ${method}`,
        `Contact: <${options.contact ?? ua.uri}>`,
        ...(body === '' ? [] : ['Content-Type: application/sdp']),
        ...(options.headers ?? []),
      ],
      body,
    );
  }

  /** Answers a request of this dialog. */
  async respond(
    to: RawMessage,
    status: string,
    options: { headers?: string[]; body?: string; contact?: string } = {},
  ): Promise<void> {
    const body = options.body ?? '';
    const tagged = tagIn(to.header('to')) !== '' || status.startsWith('100');
    await this.ua.send(
      this.port,
      [
        `SIP/2.0 ${status}`,
        ...(to.headers.get('via') ?? []).map((via) => `Via: ${via}`),
        `From: ${to.header('from')}`,
        `To: ${tagged ? to.header('to') : this.local}`,
        `Call-ID: ${to.header('call-id')}`,
        `CSeq: ${to.header('cseq')}`,
        `Contact: <${options.contact ?? this.ua.uri}>`,
        ...(body === '' ? [] : ['Content-Type: application/sdp']),
        ...(options.headers ?? []),
      ],
      body,
    );
  }

  /** Takes the callee's tag and target from a response. */
  learn(response: RawMessage): void {
    this.remote = response.header('to');
    this.target = /<([^>]+)>/.exec(response.header('contact'))?.[1] ?? this.target;
  }

  async ack(body = ''): Promise<void> {
    await this.request('ACK', { body });
  }

  /** INVITE, 200, ACK. */
  async establish(body = sdp, headers: string[] = []): Promise<RawMessage> {
    await this.request('INVITE', { body, headers });
    const ok = await this.ua.expect(200);
    this.learn(ok);
    await this.ack();
    return ok;
  }
}
