import { hostPort, type Address } from './address.js';
import { compose, newCallId } from './compose.js';
import type { Call, Line } from './call.js';
import { Dialog } from './dialog.js';
import { Exchange, PATIENCE_MS, type Incoming, type RequestExtras } from './exchange.js';
import { IncomingCall } from './incoming-call.js';
import { Inbox } from './inbox.js';
import { SipText, tagOf, uriOf } from './message.js';
import { OutgoingCall } from './outgoing-call.js';
import { Transactions } from './transactions.js';
import { Trace } from './trace.js';
import { openTcpWire } from './tcp-wire.js';
import { openUdpWire } from './udp-wire.js';
import type { Wire } from './wire.js';

export interface PhoneOptions {
  /** User part of this phone's own URIs. */
  readonly user: string;
  readonly host?: string;
  /** 0 picks a free one. */
  readonly port?: number;
  readonly protocol?: 'udp' | 'tcp';
  /** Everything is sent here, whatever Contact and Route say. */
  readonly proxy?: Address;
}

export interface InviteOptions extends RequestExtras {
  readonly uri: string;
  readonly peer: Address;
  readonly callId?: string;
}

/**
 * A SIP phone that does what a script says and writes down every byte. It shares no code with the
 * B2BUA that it judges, repeats nothing by itself except what the RFC asks of a receiver, and can
 * send things that no honest phone would.
 */
export class Phone implements Line {
  readonly user: string;
  readonly trace = new Trace();
  readonly #wire: Wire;
  readonly #proxy: Address | undefined;
  readonly #transactions = new Transactions();
  readonly #calls = new Map<string, Call>();
  readonly #arrivals = new Inbox<IncomingCall>((call) => call.invite.startLine);
  /** Requests that belong to no call: OPTIONS, MESSAGE and the like. */
  readonly strays = new Inbox<Incoming>((incoming) => incoming.message.startLine);

  private constructor(options: PhoneOptions, wire: Wire) {
    this.user = options.user;
    this.#proxy = options.proxy;
    this.#wire = wire;
  }

  static async open(options: PhoneOptions): Promise<Phone> {
    const open = options.protocol === 'tcp' ? openTcpWire : openUdpWire;
    const early: [Buffer, Address][] = [];
    let deliver = (bytes: Buffer, from: Address): void => {
      early.push([bytes, from]);
    };
    const wire = await open(options.host ?? '127.0.0.1', options.port ?? 0, (bytes, from) =>
      deliver(bytes, from),
    );
    const phone = new Phone(options, wire);
    deliver = (bytes, from) => phone.#receive(bytes, from);
    for (const [bytes, from] of early) deliver(bytes, from);
    return phone;
  }

  get address(): Address {
    return this.#wire.local;
  }

  /** `127.0.2.1:5062`: for configuration files and URIs. */
  get hostPort(): string {
    return hostPort(this.address);
  }

  /** Places a call; the INVITE is on its way when this returns. */
  call(options: InviteOptions): OutgoingCall {
    const { uri, peer, callId = newCallId(), from, to, ...extras } = options;
    const dialog = this.#dialog({
      callId,
      local: from ?? `<sip:${this.user}@${hostPort(this.address)}>`,
      remote: to ?? `<${uri}>`,
      target: uri,
      peer: this.#proxy ?? peer,
    });
    const call = new OutgoingCall(this, dialog, dialog.request('INVITE', extras));
    this.#calls.set(callId, call);
    return call;
  }

  /** The next call that came or comes in. */
  nextCall(timeoutMs = PATIENCE_MS): Promise<IncomingCall> {
    return this.#arrivals.take('a call', () => true, timeoutMs);
  }

  /** A call that is here now. */
  pollCall(): IncomingCall | undefined {
    return this.#arrivals.poll();
  }

  /** A request outside any call, such as OPTIONS. */
  request(method: string, options: InviteOptions): Exchange {
    const { uri, peer, callId = newCallId(), from, to, ...extras } = options;
    const local = from ?? `<sip:${this.user}@${hostPort(this.address)}>`;
    const remote = to ?? `<${uri}>`;
    const dialog = this.#dialog({ callId, local, remote, target: uri, peer });
    return this.exchange(dialog.request(method, extras), this.#proxy ?? peer);
  }

  exchange(request: SipText, to: Address): Exchange {
    const exchange = new Exchange(request, to);
    this.#transactions.remember(exchange);
    this.send(request.raw, to);
    return exchange;
  }

  send(bytes: Buffer, to: Address): void {
    this.trace.add('sent', bytes, to);
    this.#wire.send(bytes, to);
  }

  async close(): Promise<void> {
    await this.#wire.close();
  }

  #dialog(start: ConstructorParameters<typeof Dialog>[2]): Dialog {
    return new Dialog(this.#wire, this.user, start, this.#proxy !== undefined);
  }

  #receive(bytes: Buffer, from: Address): void {
    this.trace.add('received', bytes, from);
    const message = new SipText(bytes);
    if (message.isResponse) this.#receiveResponse(message);
    else if (message.startLine.endsWith('SIP/2.0')) this.#receiveRequest(message, from);
  }

  #receiveResponse(response: SipText): void {
    const exchange = this.#transactions.find(response);
    if (exchange === undefined) return;
    if (exchange.method === 'INVITE' && response.status >= 200) {
      if (response.status >= 300) this.#acknowledgeFailure(exchange, response);
      else if (exchange.ack !== undefined) {
        this.send(exchange.ack, exchange.to);
        return;
      }
    }
    exchange.responses.put(response);
  }

  /** ACK of a failure belongs to the INVITE's own transaction (RFC 3261 §17.1.1.3). */
  #acknowledgeFailure(exchange: Exchange, response: SipText): void {
    const invite = new SipText(exchange.bytes);
    const ack = compose(`ACK ${invite.uri} SIP/2.0`, [
      `Via: ${invite.get('via')}`,
      'Max-Forwards: 70',
      ...invite.all('route').map((route) => `Route: ${route}`),
      `From: ${invite.get('from')}`,
      `To: ${response.get('to')}`,
      `Call-ID: ${invite.get('call-id')}`,
      `CSeq: ${exchange.cseq} ACK`,
    ]);
    this.send(ack, exchange.to);
  }

  #receiveRequest(message: SipText, from: Address): void {
    const repeated = this.#transactions.lastReply(message);
    if (repeated === 'none-yet') return;
    if (repeated !== undefined) {
      this.send(repeated, from);
      return;
    }
    const callId = message.get('call-id');
    const call = this.#calls.get(callId);
    const dialog =
      call?.dialog ??
      this.#dialog({
        callId,
        local: message.get('to'),
        remote: message.get('from'),
        target: uriOf(message.get('contact')),
        peer: this.#proxy ?? from,
      });
    const incoming: Incoming = {
      message,
      from,
      reply: (status, extras) => {
        const bytes = dialog.response(message, status, extras);
        this.#transactions.replied(message, bytes);
        this.send(bytes, from);
      },
    };
    if (call !== undefined) call.receive(incoming);
    else if (message.method === 'INVITE' && tagOf(message.get('to')) === '') {
      const arrived = new IncomingCall(this, dialog, incoming);
      this.#calls.set(callId, arrived);
      this.#arrivals.put(arrived);
    } else this.#receiveStray(incoming);
  }

  #receiveStray(incoming: Incoming): void {
    if (incoming.message.method === 'OPTIONS') incoming.reply(200);
    else if (incoming.message.method !== 'ACK') incoming.reply(481);
    this.strays.put(incoming);
  }
}
