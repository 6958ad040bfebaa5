import { randomBytes } from 'node:crypto';

export interface Body {
  readonly type: string;
  readonly text: string;
}

/**
 * Joins a start line, header lines and a body into bytes. Header lines are raw text, so that a
 * test can send compact names, folded values, repeated fields and odd case just by writing them.
 */
export function compose(startLine: string, lines: readonly string[], body?: Body): Buffer {
  const payload = Buffer.from(body?.text ?? '', 'utf8');
  const head = [startLine, ...lines];
  if (body !== undefined && body.type !== '') head.push(`Content-Type: ${body.type}`);
  head.push(`Content-Length: ${payload.length}`, '', '');
  return Buffer.concat([Buffer.from(head.join('\r\n'), 'utf8'), payload]);
}

export function newTag(): string {
  return randomBytes(5).toString('hex');
}

export function newBranch(): string {
  return `z9hG4bK${randomBytes(8).toString('hex')}`;
}

export function newCallId(): string {
  return randomBytes(12).toString('hex');
}

const PHRASES: Readonly<Record<number, string>> = {
  100: 'Trying',
  180: 'Ringing',
  181: 'Call Is Being Forwarded',
  183: 'Session Progress',
  200: 'OK',
  300: 'Multiple Choices',
  301: 'Moved Permanently',
  302: 'Moved Temporarily',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  415: 'Unsupported Media Type',
  480: 'Temporarily Unavailable',
  481: 'Call/Transaction Does Not Exist',
  486: 'Busy Here',
  487: 'Request Terminated',
  488: 'Not Acceptable Here',
  491: 'Request Pending',
  500: 'Server Internal Error',
  503: 'Service Unavailable',
  603: 'Decline',
};

export function phraseOf(status: number): string {
  return PHRASES[status] ?? 'Whatever';
}
