import type { Joining } from './number-scan.js';
import type { Leak } from './leak.js';

/** A piece of a message that is read on its own. */
export interface MessageField {
  readonly field: Leak['field'];
  /** Header fields only. */
  readonly name: string | undefined;
  readonly text: string;
  readonly joining: Joining;
  /** Whether words of people can stand here: names are looked for. */
  readonly wordy: boolean;
  /** An SDP c= line. */
  readonly connection: boolean;
}

/**
 * Header fields whose grammar has no place for a person's name; their tokens are words too, so a
 * Mr Info or a Ms May would be found in them. Everything else is looked for in them all the same.
 */
const WORDLESS = new Set(
  `via v call-id i cseq max-forwards allow supported k require proxy-require content-type c
  content-length l content-encoding e content-disposition accept accept-encoding session-expires x
  min-se rack rseq date timestamp expires min-expires mime-version subscription-state event o
  allow-events u privacy authorization proxy-authorization`.split(/\s+/),
);

/**
 * Our credentials give a peer its own challenge back (RFC 3261 §22.2): what it calls its realm is no
 * secret from it, also where the other party comes from the same provider.
 */
const CREDENTIALS = new Set(['authorization', 'proxy-authorization']);
const OF_THE_CHALLENGE = /\b(realm|nonce|opaque)="[^"]*"/gi;

/** Fields that are a list of numbers of the protocol, parted by spaces. */
const NUMERIC = new Set(['rack', 'cseq', 'timestamp']);

/** Takes a raw SIP message apart; folded lines are joined (RFC 3261 §7.3.1). */
export function fieldsOf(message: string): MessageField[] {
  const blank = /\r?\n\r?\n/.exec(message);
  const head = blank === null ? message : message.slice(0, blank.index);
  const body = blank === null ? '' : message.slice(blank.index + blank[0].length);
  const [startLine = '', ...lines] = head.replace(/\r?\n[ \t]+/g, ' ').split(/\r\n|\n|\r/);
  return [
    {
      field: 'start-line',
      name: undefined,
      text: startLine,
      joining: 'loose',
      wordy: true,
      connection: false,
    },
    ...lines.map(headerField),
    ...bodyLines(body).map(bodyField),
  ];
}

function headerField(line: string): MessageField {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(0, colon)).trim();
  const key = name.toLowerCase();
  return {
    field: 'header',
    name,
    text: CREDENTIALS.has(key) ? line.replace(OF_THE_CHALLENGE, '$1=""') : line,
    joining: NUMERIC.has(key) ? 'tight' : 'loose',
    wordy: !WORDLESS.has(key),
    connection: false,
  };
}

function bodyLines(body: string): string[] {
  if (body === '') return [];
  const isSdp = body.startsWith('v=');
  // A soft line break of quoted-printable (RFC 2045 §6.7) can part a number.
  const text = isSdp ? body : body.replace(/=\r?\n/g, '');
  return text.split(/\r\n|\n|\r/).filter((line) => line !== '');
}

/**
 * A line of SDP is read by its kind, a line of any other body as loose text. People's names may
 * stand in the text of a MESSAGE, so they are looked for only where SDP has free text.
 */
function bodyField(line: string): MessageField {
  return {
    field: 'body',
    name: undefined,
    text: line,
    joining: /^(?:[ocmtb]=|a=rtpmap:)/.test(line) ? 'tight' : 'loose',
    wordy: /^[osiuep]=/.test(line),
    connection: line.startsWith('c='),
  };
}
