import { Call, type Line } from './call.js';
import type { Dialog } from './dialog.js';
import { PATIENCE_MS, type Exchange, type RequestExtras } from './exchange.js';
import type { SipText } from './message.js';

/** A call that the phone placed. */
export class OutgoingCall extends Call {
  readonly invitation: Exchange;
  readonly invite: SipText;

  constructor(line: Line, dialog: Dialog, invite: SipText) {
    super(line, dialog);
    this.invite = invite;
    this.invitation = line.exchange(invite, dialog.peer);
  }

  /** Waits for this status; a provisional one with a tag already makes an early dialog. */
  async response(status: number, timeoutMs = PATIENCE_MS): Promise<SipText> {
    const response = await this.invitation.response(status, timeoutMs);
    if (status > 100 && status < 300) this.dialog.learnFromResponse(response);
    return response;
  }

  ringing(timeoutMs?: number): Promise<SipText> {
    return this.response(180, timeoutMs);
  }

  /** Waits for the 200 and sends the ACK. */
  async answered(ack: RequestExtras = {}, timeoutMs?: number): Promise<SipText> {
    const response = await this.response(200, timeoutMs);
    this.acknowledge(this.invitation, ack);
    return response;
  }

  /** Waits for the final response, whatever it is, without acknowledging a 200. */
  final(timeoutMs?: number): Promise<SipText> {
    return this.invitation.final(timeoutMs);
  }

  /** CANCEL goes where the INVITE went. */
  cancel(extras: RequestExtras = {}): Exchange {
    return this.line.exchange(this.dialog.cancel(this.invite, extras), this.invitation.to);
  }

  /** Acknowledges a reliable provisional response (RFC 3262). */
  prack(provisional: SipText, extras: RequestExtras = {}): Promise<SipText> {
    const rack = `RAck: ${provisional.get('rseq')} ${this.invitation.cseq} INVITE`;
    return this.request('PRACK', { ...extras, lines: [rack, ...(extras.lines ?? [])] }).final();
  }
}
