import type { Address } from './address.js';
import type { Body } from './compose.js';
import type { Dialog } from './dialog.js';
import {
  PATIENCE_MS,
  type Exchange,
  type Incoming,
  type ReplyExtras,
  type RequestExtras,
} from './exchange.js';
import { Inbox } from './inbox.js';
import type { SipText } from './message.js';
import { sdp } from './sdp.js';

/** What a call needs of the phone it belongs to. */
export interface Line {
  /** Sends a request and remembers it, so that its responses find their way back. */
  exchange(request: SipText, to: Address): Exchange;
  /** Sends bytes and forgets them: ACK and hostile things. */
  send(bytes: Buffer, to: Address): void;
}

/** How a phone answers a request inside a call: by itself with this, or not until the script does. */
export type ScriptedReply = { readonly status: number; readonly extras?: ReplyExtras } | 'by-hand';

/** What both ends of a call can do once it is there. */
export class Call {
  readonly dialog: Dialog;
  protected readonly line: Line;
  /** Requests of the other side inside this call, answered or waiting for the script. */
  readonly requests = new Inbox<Incoming>((incoming) => incoming.message.startLine);
  /** By method; a method that is not here is answered 200. */
  readonly replies = new Map<string, ScriptedReply>();

  constructor(line: Line, dialog: Dialog) {
    this.line = line;
    this.dialog = dialog;
  }

  /** Sends a request inside the call. */
  request(method: string, extras: RequestExtras = {}): Exchange {
    return this.line.exchange(this.dialog.request(method, extras), this.dialog.destination);
  }

  /** Re-INVITE, its final response, and the ACK when it was accepted. */
  async reinvite(extras: RequestExtras = {}, ack: RequestExtras = {}): Promise<SipText> {
    const exchange = this.request('INVITE', { body: sdp({ version: 2 }), ...extras });
    const final = await exchange.final();
    if (final.status < 300) this.acknowledge(exchange, ack);
    return final;
  }

  hold(): Promise<SipText> {
    return this.reinvite({ body: sdp({ version: 2, direction: 'sendonly' }) });
  }

  resume(): Promise<SipText> {
    return this.reinvite({ body: sdp({ version: 3 }) });
  }

  update(extras: RequestExtras = {}): Promise<SipText> {
    return this.request('UPDATE', extras).final();
  }

  info(body: Body, extras: RequestExtras = {}): Promise<SipText> {
    return this.request('INFO', { ...extras, body }).final();
  }

  /** A DTMF digit as most trunks send it in INFO. */
  dtmf(digit: string): Promise<SipText> {
    return this.info({
      type: 'application/dtmf-relay',
      text: `Signal=${digit}\r\nDuration=160\r\n`,
    });
  }

  bye(extras: RequestExtras = {}): Promise<SipText> {
    return this.request('BYE', extras).final();
  }

  /** ACK of a 2xx: a request of its own with the INVITE's CSeq (RFC 3261 §13.2.2.4). */
  acknowledge(exchange: Exchange, extras: RequestExtras = {}): void {
    const ack = this.dialog.request('ACK', extras, exchange.cseq);
    exchange.ack = ack.raw;
    this.line.send(ack.raw, this.dialog.destination);
  }

  /** Waits for a request of the other side inside this call. */
  expect(method: string, timeoutMs = PATIENCE_MS): Promise<Incoming> {
    return this.requests.take(
      `${method} inside the call`,
      (incoming) => incoming.message.method === method,
      timeoutMs,
    );
  }

  /** Called by the phone for every new request of this call. */
  receive(incoming: Incoming): void {
    this.#answer(incoming);
    this.requests.put(incoming);
  }

  #answer(incoming: Incoming): void {
    const { message } = incoming;
    if (message.method === 'ACK') return;
    const scripted = this.replies.get(message.method);
    if (scripted === 'by-hand') return;
    if (scripted !== undefined) {
      incoming.reply(scripted.status, scripted.extras);
      return;
    }
    const offers =
      message.method === 'INVITE' || (message.method === 'UPDATE' && message.body !== '');
    incoming.reply(200, offers ? { body: sdp({ version: 2 }) } : {});
  }
}
