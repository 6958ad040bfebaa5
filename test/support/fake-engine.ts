import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A command of the application, taken apart. */
export interface Frame {
  readonly id: string;
  /** `sip`, `authenticate`, `route` … */
  readonly verb: string;
  readonly transaction: string;
  /** The transaction in which it goes on: a new one, unless it named one. */
  readonly txn: string;
  readonly dialog: string;
  /** The SIP message; empty for other commands. */
  readonly message: string;
  /** `INVITE`, or `200` for a response. */
  readonly what: string;
}

const UUID = '11111111-2222-3333-4444-555555555555';
const PEER = '203.0.113.5';

export const headerIn = (message: string, name: string): string =>
  new RegExp(`^${name}[ \\t]*:[ \\t]*(.*?)\\r?$`, 'im').exec(message)?.[1] ?? '';

/**
 * The admin port of a SIP engine without SIP: says OK to what it is told, as drachtio-server would,
 * and lets the test play the network.
 */
export class FakeEngine {
  readonly frames: Frame[] = [];
  /** Decides what the engine says to a SIP command: NOK with this text, or OK. */
  judge: (frame: Frame) => string | undefined = () => undefined;
  #socket: Socket | undefined;
  #buffer = Buffer.alloc(0);
  #transactions = 0;
  readonly #waiting = new Set<() => void>();

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      this.#socket = socket;
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => this.#read(chunk));
    });
  }

  static async open(): Promise<FakeEngine> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FakeEngine(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** The connection breaks, as when the engine dies. */
  drop(): void {
    this.#socket?.destroy();
  }

  async close(): Promise<void> {
    this.drop();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** SIP messages that were handed over, by method or status. */
  get sent(): string[] {
    return this.frames.filter(({ verb }) => verb === 'sip').map(({ what }) => what);
  }

  /** The n-th SIP message of this kind, waiting for it if need be. */
  async take(what: string, n = 1): Promise<Frame> {
    const deadline = Date.now() + 2000;
    for (;;) {
      const found = this.frames.filter((frame) => frame.verb === 'sip' && frame.what === what)[
        n - 1
      ];
      if (found !== undefined) return found;
      if (Date.now() > deadline) throw new Error(`no ${what}; there were: ${this.sent.join(' ')}`);
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiting.delete(wake);
          clearTimeout(timer);
          resolve();
        };
        const timer = setTimeout(wake, 100);
        this.#waiting.add(wake);
      });
    }
  }

  /** A request of the network: outside a dialog unless `dialog` is given. */
  deliver(message: string, transaction: string, dialog = '', source = PEER): void {
    this.#write(this.#network(message, transaction, dialog, source));
  }

  /** A BYE that the engine sent on its own account, and why. */
  tell(bye: string, dialog: string): void {
    const travel = `application|${bye.length}|udp|${PEER}|5060|10:00:00.000000`;
    this.#write(`${UUID}|sip|${travel}|unsolicited|${dialog}|\r\n${bye}`);
  }

  /** Several messages that the application reads in one go (§11a). */
  deliverTogether(
    ...messages: (readonly [message: string, transaction: string, dialog: string])[]
  ): void {
    this.#socket?.write(messages.map((each) => framed(this.#network(...each, PEER))).join(''));
  }

  #network(message: string, transaction: string, dialog: string, source: string): string {
    const travel = `network|${Buffer.byteLength(message)}|udp|${source}|5060|10:00:00.000000`;
    const socket = dialog === '' && !message.startsWith('SIP/2.0') ? '192.0.2.1|5060|' : '';
    return `${UUID}|sip|${travel}|${transaction}|${dialog}|${socket}\r\n${message}`;
  }

  /** A response to a request of ours; from nowhere when the engine makes it up. */
  respond(to: Frame, status: string, more: Responding = {}): void {
    const {
      dialog = dialogOf(to),
      source = PEER,
      body = '',
      contact = '<sip:peer@203.0.113.5>',
    } = more;
    const from = withTag(headerIn(to.message, 'from'), 'ours');
    const lines = [
      `SIP/2.0 ${status} Whatever`,
      'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx',
      `From: ${from}`,
      `To: ${headerIn(to.message, 'to') || '<sip:x@y>'};tag=theirs`,
      `Call-ID: ${headerIn(to.message, 'call-id') || dialog.replace(/;from-tag=.*/, '')}`,
      `CSeq: 1 ${to.what}`,
      ...(contact === '' ? [] : [`Contact: ${contact}`]),
      ...(more.headers ?? []),
      ...(body === '' ? [] : ['Content-Type: application/sdp']),
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    this.deliver(`${lines.join('\r\n')}\r\n\r\n${body}`, to.txn, dialog, source);
  }

  #read(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (let at = this.#buffer.indexOf('#'); at > 0; at = this.#buffer.indexOf('#')) {
      const end = at + 1 + Number(this.#buffer.toString('utf8', 0, at));
      if (this.#buffer.length < end) return;
      this.#take(this.#buffer.toString('utf8', at + 1, end));
      this.#buffer = this.#buffer.subarray(end);
    }
  }

  #take(payload: string): void {
    const lineEnd = payload.indexOf('\r\n');
    const line = lineEnd === -1 ? payload : payload.slice(0, lineEnd);
    const [id = '', verb = '', transaction = '', dialog = ''] = line.split('|');
    const message = lineEnd === -1 ? '' : payload.slice(lineEnd + 2);
    const words = message.split(' ', 2);
    const what = (message.startsWith('SIP/2.0 ') ? words[1] : words[0]) ?? '';
    const txn = transaction === '' ? `txn-${(this.#transactions += 1)}` : transaction;
    const frame = { id, verb, transaction, dialog, message, what, txn };
    this.frames.push(frame);
    this.#answer(frame);
    for (const wake of [...this.#waiting]) wake();
  }

  #answer(frame: Frame): void {
    if (frame.verb === 'authenticate') {
      const own = 'udp/192.0.2.1:5060';
      this.#reply(frame, `OK|${own}|v0.9.10|${own},udp/[2001:db8::1]:5060`);
      return;
    }
    if (frame.verb === 'sip') this.#reply(frame, this.#outcomeOf(frame));
    else this.#reply(frame, 'OK');
  }

  #outcomeOf(frame: Frame): string {
    const judgement = this.judge(frame);
    if (judgement !== undefined) return `NOK|${judgement}`;
    const travel = `application|${frame.message.length}|udp|${PEER}|5060|10:00:00.000000`;
    const isResponse = frame.message.startsWith('SIP/2.0 ');
    const meta = isResponse
      ? `${travel}|${frame.txn}|${dialogOf(frame)}||Msg sent:|`
      : `${travel}|${frame.txn}|Msg sent:|`;
    return `OK|${meta}\r\n${completed(frame, isResponse)}`;
  }

  #reply(frame: Frame, outcome: string): void {
    this.#write(`${UUID}|response|${frame.id}|${outcome}`);
  }

  #write(payload: string): void {
    this.#socket?.write(framed(payload));
  }
}

export interface Responding {
  readonly dialog?: string;
  /** Empty when the engine made the response up. */
  readonly source?: string;
  readonly body?: string;
  /** Empty for none. */
  readonly contact?: string;
  readonly headers?: readonly string[];
}

const framed = (payload: string): string => `${Buffer.byteLength(payload)}#${payload}`;

const withTag = (value: string, tag: string): string =>
  /;\s*tag=/.test(value) ? value : `${value};tag=${tag}`;

/** `<Call-ID>;from-tag=<tag>` (§5); a request within a dialog names it itself. */
function dialogOf({ message, dialog, what }: Frame): string {
  if (dialog !== '') return dialog;
  const tag = /;\s*tag=([^;\s]+)/.exec(headerIn(message, 'from'))?.[1] ?? 'ours';
  return what === '' ? '' : `${headerIn(message, 'call-id')};from-tag=${tag}`;
}

/** The message as it left: with the tags, Contact and CSeq that the engine adds (§6, §7). */
function completed({ message, dialog }: Frame, isResponse: boolean): string {
  const [head = '', body = ''] = message.split('\r\n\r\n');
  const lines = head.split('\r\n').map((line) => {
    if (isResponse && /^to\s*:/i.test(line)) return withTag(line, 'ours');
    return !isResponse && /^from\s*:/i.test(line) ? withTag(line, 'ours') : line;
  });
  const add = (name: string, value: string): void => {
    if (headerIn(head, name) === '') lines.push(`${name}: ${value}`);
  };
  if (isResponse) add('Contact', '<sip:callveil@192.0.2.1>');
  else {
    add('From', '<sip:callveil@192.0.2.1>;tag=ours');
    add('To', '<sip:x@y>');
    add('Call-ID', dialog.replace(/;from-tag=.*/, ''));
    add('CSeq', `1 ${head.split(' ', 1)[0] ?? ''}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
