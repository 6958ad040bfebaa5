import { randomUUID } from 'node:crypto';
import type { RawUa } from '../sip-server/raw-ua.js';
import { type RawMessage } from '../sip-server/raw-ua.js';

export const pcmuOffer = (port = 39_998, more = ''): string =>
  'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n' +
  `m=audio ${String(port)} RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\n` +
  `a=rtpmap:101 telephone-event/8000\r\n${more}`;

export interface Invite {
  readonly outbound?: string;
  readonly userAgent?: string;
  readonly sdp?: string;
  readonly headers?: readonly string[];
}

/** drachtio-fsmrf's SIP, message by message: one call of a phone that a test holds in its hand. */
export class Call {
  readonly id = randomUUID();
  readonly #ua: RawUa;
  readonly #server: number;
  #sequence = 0;
  #to = '<sip:drachtio@127.0.0.1>';

  constructor(ua: RawUa, server: number) {
    this.#ua = ua;
    this.#server = server;
  }

  async invite({ outbound, userAgent, sdp = '', headers = [] }: Invite): Promise<void> {
    this.#sequence += 1;
    await this.request('INVITE', sdp, [
      `User-Agent: ${userAgent ?? `drachtio-fsmrf:${randomUUID()}`}`,
      ...(outbound === undefined ? [] : [`X-esl-outbound: ${outbound}`]),
      ...headers,
    ]);
  }

  /** Takes the 200 and acknowledges it. */
  async answered(sdp = ''): Promise<RawMessage> {
    const ok = await this.#ua.expect(200);
    this.#to = ok.header('To');
    await this.request('ACK', sdp);
    return ok;
  }

  async bye(): Promise<void> {
    this.#sequence += 1;
    await this.request('BYE');
  }

  async request(method: string, body = '', more: readonly string[] = []): Promise<void> {
    const branch = method === 'CANCEL' ? 'INVITE' : method;
    await this.#ua.send(
      this.#server,
      [
        `${method} sip:drachtio@127.0.0.1:${String(this.#server)} SIP/2.0`,
        `Via: SIP/2.0/${this.#ua.protocol.toUpperCase()} ${this.#ua.hostPort};rport;` +
          `branch=z9hG4bK${this.id}${branch}${String(this.#sequence)}`,
        'Max-Forwards: 70',
        `From: <${this.#ua.uri}>;tag=${this.id.slice(0, 8)}`,
        `To: ${this.#to}`,
        `Call-ID: ${this.id}`,
        `CSeq: ${String(this.#sequence)} ${method}`,
        `Contact: <${this.#ua.uri}>`,
        ...(body === '' ? [] : ['Content-Type: application/sdp']),
        ...more,
      ],
      body,
    );
  }

  /** Answers the BYE that the server sends. */
  async byeComes(): Promise<RawMessage> {
    const bye = await this.#ua.expect('BYE');
    const copied = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].map((n) => `${n}: ${bye.header(n)}`);
    await this.#ua.send(this.#server, ['SIP/2.0 200 OK', ...copied]);
    return bye;
  }
}
