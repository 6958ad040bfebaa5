import { Call, type Line } from './call.js';
import type { Dialog } from './dialog.js';
import { PATIENCE_MS, type Incoming, type ReplyExtras } from './exchange.js';
import type { SipText } from './message.js';
import { sdp } from './sdp.js';

/** A call that came in; it says nothing until the script makes it. */
export class IncomingCall extends Call {
  readonly invite: SipText;
  readonly #invitation: Incoming;
  #finalSent = false;

  constructor(line: Line, dialog: Dialog, invitation: Incoming) {
    super(line, dialog);
    this.#invitation = invitation;
    this.invite = invitation.message;
    dialog.learnFromRequest(invitation.message);
  }

  reply(status: number, extras: ReplyExtras = {}): void {
    if (status >= 200) this.#finalSent = true;
    this.#invitation.reply(status, extras);
  }

  ring(extras: ReplyExtras = {}): void {
    this.reply(180, extras);
  }

  /** 183 with a description: early media. */
  progress(extras: ReplyExtras = {}): void {
    this.reply(183, { body: sdp(), ...extras });
  }

  answer(extras: ReplyExtras = {}): void {
    this.reply(200, { body: sdp(), ...extras });
  }

  refuse(status: number, extras: ReplyExtras = {}): void {
    this.reply(status, extras);
  }

  async acked(timeoutMs = PATIENCE_MS): Promise<SipText> {
    return (await this.expect('ACK', timeoutMs)).message;
  }

  async cancelled(timeoutMs = PATIENCE_MS): Promise<SipText> {
    return (await this.expect('CANCEL', timeoutMs)).message;
  }

  /** A CANCEL is accepted, and ends a call that was not answered yet (RFC 3261 §9.2). */
  override receive(incoming: Incoming): void {
    super.receive(incoming);
    const cancelled =
      incoming.message.method === 'CANCEL' && this.replies.get('CANCEL') === undefined;
    if (cancelled && !this.#finalSent) this.reply(487);
  }
}
