import type { SipRequest } from './sip-message.js';

/** The final statuses a message can earn before anyone has looked at what it asks for. */
export type ParseStatus = 400 | 414 | 505 | 513;

/** Bytes that are no SIP message, or none we are willing to take. */
export class ParseError extends Error {
  override readonly name = 'ParseError';
  readonly status: ParseStatus;
  /** What was wrong, in words fit for a reason phrase: never quotes the message. */
  readonly detail: string;
  /**
   * What of Via, From, To, Call-ID and CSeq could be read, cleaned of control characters; present
   * only for a request that has a Via and is no ACK, since nothing else can be answered.
   */
  readonly answerable: SipRequest | undefined;

  constructor(status: ParseStatus, detail: string, answerable?: SipRequest) {
    super(`${status} ${detail}`);
    this.status = status;
    this.detail = detail;
    this.answerable = answerable;
  }
}

/** What parsing gives, or why it gives nothing; any other exception is a bug and passes. */
export function orParseError<T>(parse: () => T): T | ParseError {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ParseError) return error;
    throw error;
  }
}
