import type { MessageLimits } from './limits.js';
import { ParseError } from './parse-error.js';
import type { SipRequest, SipResponse } from './sip-message.js';
import { isToken, parseDecimal } from './text.js';
import { parseUri } from './uri.js';

type StartLine =
  Pick<SipRequest, 'kind' | 'method' | 'uri'> | Pick<SipResponse, 'kind' | 'status' | 'reason'>;

const version = /^SIP\/[0-9]+\.[0-9]+$/i;
const endsWithVersion = /[ \t]SIP\/[0-9]+\.[0-9]+[ \t]*$/i;
const statusLine = /^SIP\/2\.0 ([1-6][0-9]{2})(?: (.*))?$/is;

export function readStartLine(line: string, limits: MessageLimits): StartLine {
  if (/^SIP\//i.test(line)) return readStatusLine(line, limits);
  // RFC 3261 §21.4.13: the only thing in a request line that can be long is the Request-URI.
  if (line.length > limits.startLine) throw new ParseError(414, 'Request-URI Too Long');
  return readRequestLine(line);
}

/** Whether a line tries to be a SIP request line: worth an answer, where HTTP is not. */
export function isRequestLine(line: string): boolean {
  return endsWithVersion.test(line) && isToken(methodOf(line));
}

export function methodOf(line: string): string {
  const space = line.indexOf(' ');
  return space < 0 ? line : line.slice(0, space);
}

/** Method, URI and version with one space between and none around (RFC 3261 §7.1). */
function readRequestLine(line: string): StartLine {
  if (!isRequestLine(line)) throw new ParseError(400, 'Not A SIP Message');
  const [method = '', uri = '', wanted = '', ...more] = line.split(' ');
  // Checked before the rest: in another version the rest may be different (RFC 4475 §3.1.2.16).
  if (version.test(wanted) && !/^SIP\/2\.0$/i.test(wanted)) {
    throw new ParseError(505, 'Version Not Supported');
  }
  if (more.length > 0 || !version.test(wanted)) throw new ParseError(400, 'Malformed Request-Line');
  if (parseUri(uri) === undefined) throw new ParseError(400, 'Malformed Request-URI');
  return { kind: 'request', method, uri };
}

function readStatusLine(line: string, limits: MessageLimits): StartLine {
  const [, status, reason = ''] = statusLine.exec(line) ?? [];
  const code = parseDecimal(status ?? '', 699);
  if (code === undefined || line.length > limits.startLine) {
    throw new ParseError(400, 'Malformed Status-Line');
  }
  return { kind: 'response', status: code, reason };
}
