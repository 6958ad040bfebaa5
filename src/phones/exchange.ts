import type { Address } from './address.js';
import type { Body } from './compose.js';
import { Inbox } from './inbox.js';
import type { SipText } from './message.js';

/** What a script may add to or replace in a request or response that a phone builds. */
export interface Extras {
  /** Raw header lines, sent exactly as written. */
  readonly lines?: readonly string[];
  readonly body?: Body;
  /** Whole Contact value; the default is the phone's own address. Empty: no Contact. */
  readonly contact?: string;
}

export interface RequestExtras extends Extras {
  /** From value without its tag. */
  readonly from?: string;
  /** To value without its tag. */
  readonly to?: string;
  readonly uri?: string;
  readonly maxForwards?: string;
  /** Branch of a CANCEL that does not match its INVITE. */
  readonly branch?: string;
}

export interface ReplyExtras extends Extras {
  readonly reason?: string;
}

/** How long a phone waits for the other side, unless the script says otherwise. */
export const PATIENCE_MS = 4000;

/** A request that a phone sent, with the responses to it. */
export class Exchange {
  readonly method: string;
  readonly branch: string;
  readonly cseq: number;
  readonly bytes: Buffer;
  readonly to: Address;
  readonly responses = new Inbox<SipText>((message) => message.startLine);
  /** The ACK of a 2xx, kept to repeat it when the 2xx comes again (RFC 3261 §13.2.2.4). */
  ack: Buffer | undefined;

  constructor(request: SipText, to: Address) {
    this.method = request.method;
    this.branch = request.branch;
    this.cseq = request.cseq;
    this.bytes = request.raw;
    this.to = to;
  }

  response(status: number, timeoutMs = PATIENCE_MS): Promise<SipText> {
    return this.responses.take(
      `${status} to ${this.method}`,
      (message) => message.status === status,
      timeoutMs,
    );
  }

  final(timeoutMs = PATIENCE_MS): Promise<SipText> {
    return this.responses.take(
      `a final response to ${this.method}`,
      (message) => message.status >= 200,
      timeoutMs,
    );
  }
}

/** A request that a phone received, and how it is answered. */
export interface Incoming {
  readonly message: SipText;
  readonly from: Address;
  reply(status: number, extras?: ReplyExtras): void;
}
