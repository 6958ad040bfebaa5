import type { Dice } from './dice.js';
import { headerValues, via } from './header-values.js';
import { canary, digits, nameAddr, quotedString, spoil, token, uri } from './words.js';

const methods =
  'INVITE INVITE INVITE ACK CANCEL BYE OPTIONS UPDATE INFO PRACK REFER NOTIFY SUBSCRIBE MESSAGE PUBLISH REGISTER invite'.split(
    ' ',
  );
/** A message has them already; a second one is refused. */
const single = ['f', 'i', 'l', 't', 'Max-Forwards'];
const names = Object.keys(headerValues).filter((name) => !single.includes(name));

export interface Sketch {
  /** Left to chance when absent. */
  readonly uri?: string;
  readonly from?: string;
  readonly method?: string;
}

let serial = 0;

/** A message by the grammar of RFC 3261 §25, right in most of its parts. */
export function composeMessage(dice: Dice, sketch: Sketch = {}): Buffer {
  serial += 1;
  const method = sketch.method ?? (dice.once(10) ? token(dice) : dice.pick(methods));
  const body = bodyFor(dice);
  const required = requiredLines(dice, method, sketch).filter(() => !dice.once(100));
  const extra = dice.many(0, 8, () => headerLine(dice));
  const lines = shuffled(dice, [...required, ...extra]);
  lines.push(...framing(dice, body));
  const head = [startLine(dice, method, sketch.uri), ...lines].map((line) => spoil(dice, line));
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}

/** What RFC 3261 §8.1.1 wants in every request. */
function requiredLines(dice: Dice, method: string, sketch: Sketch): string[] {
  return [
    `Via: ${dice.once(8) ? via(dice) : `SIP/2.0/UDP 192.0.2.77;rport;branch=z9hG4bKf${serial}`}`,
    `From: ${sketch.from ?? (dice.once(4) ? nameAddr(dice) : '<sip:a@192.0.2.77>')};tag=${token(dice)}`,
    `To: ${dice.once(6) ? nameAddr(dice) : `<sip:b@192.0.2.77>${dice.once(4) ? ';tag=t' : ''}`}`,
    `Call-ID: ${dice.once(8) ? `${token(dice)}@${token(dice)}` : `fuzz-${serial}`}`,
    `CSeq: ${dice.once(8) ? digits(dice) : 1} ${dice.once(40) ? dice.pick(methods) : method}`,
    `Contact: ${dice.once(10) ? nameAddr(dice) : '<sip:a@192.0.2.77:9>'}`,
    'Max-Forwards: 70',
  ];
}

function startLine(dice: Dice, method: string, target: string | undefined): string {
  if (dice.once(10)) {
    const status = dice.once(10) ? digits(dice) : String(100 + dice.throw(600));
    return `SIP/2.0 ${status} ${dice.once(3) ? '' : quotedString(dice)}`;
  }
  const version = dice.once(40)
    ? dice.pick(['SIP/3.0', 'SIP/2', 'HTTP/1.1', 'sip/2.0'])
    : 'SIP/2.0';
  const uriOrPlain = dice.once(2) ? uri(dice) : 'sip:b@192.0.2.77;x';
  return `${method} ${target ?? uriOrPlain} ${version}`;
}

function headerLine(dice: Dice): string {
  if (dice.once(10)) return `${token(dice)}: ${token(dice)} ${canary}`;
  const name = dice.once(12) ? dice.pick(single) : dice.pick(names);
  const spelled = dice.pick([name, name, name, name.toLowerCase(), name.toUpperCase(), `${name} `]);
  const value = headerValues[name]!(dice);
  // Folded where a blank is (RFC 3261 §7.3.1).
  return `${spelled}: ${dice.once(10) ? value.replaceAll(' ', '\r\n ') : value}`;
}

function framing(dice: Dice, body: Buffer): string[] {
  const type = dice.once(8) ? headerValues['Content-Type']!(dice) : 'application/sdp';
  const length = dice.once(50) ? digits(dice) : String(body.length);
  const lines = [`Content-Type: ${type}`, `Content-Length: ${length}`];
  if (body.length === 0) lines.shift();
  return dice.once(40) ? lines.slice(1) : lines;
}

function bodyFor(dice: Dice): Buffer {
  const kind = dice.throw(8);
  if (kind < 3) return Buffer.alloc(0);
  if (kind === 3) return dice.bytes(dice.throw(80));
  const description = describeSession(dice);
  if (kind > 4) return Buffer.from(description);
  return Buffer.from(
    `--b1\r\nContent-Type: application/sdp\r\n\r\n${description}\r\n--b1\r\n` +
      `Content-Type: application/pidf+xml\r\n\r\n<p>${canary}</p>\r\n--b1${dice.once(6) ? '' : '--'}\r\n`,
  );
}

/** Session descriptions (RFC 8866), right and nearly right. */
export function describeSession(dice: Dice): string {
  const address = (): string =>
    dice.once(6)
      ? dice.pick(['IN IP6 ::1', 'IN IP4 host.invalid', 'IN IP4 999.1.1.1', 'IN', ''])
      : 'IN IP4 192.0.2.4';
  const attribute = (): string =>
    dice.pick([
      'a=rtpmap:0 PCMU/8000',
      'a=sendrecv',
      'a=ptime:20',
      `a=${token(dice)}:${canary}`,
      'a=rtpmap:101 telephone-event/8000',
      'a=fmtp:101 0-15',
      `a=crypto:${digits(dice)} AES_CM_128_HMAC_SHA1_80 inline:${token(dice)}`,
      `a=candidate:1 1 UDP ${digits(dice)} 192.0.2.4 ${digits(dice)} typ host`,
      'a=ssrc:1 cname:' + canary,
      `a=rtcp:${digits(dice)} ${address()}`,
    ]);
  const media = (): string[] => {
    const kind = dice.once(4) ? dice.pick(['video', 'image', token(dice)]) : 'audio';
    const formats = dice.once(8) ? dice.pick(['', '0 '.repeat(40), canary]) : '0 8 101';
    const port = dice.once(12) ? digits(dice) : 49_170;
    return [
      `m=${kind} ${port} RTP/AVP ${formats}`,
      ...(dice.once(3) ? [`c=${address()}`] : []),
      ...dice.many(0, 5, attribute),
    ];
  };
  const lines = [
    'v=0',
    `o=${canary} ${digits(dice)} 1 ${address()}`,
    `s=${dice.pick(['-', '', canary])}`,
    ...(dice.once(4) ? [`e=${canary}@x`, `p=+1 415 555 0142`, `i=${canary}`, 'u=http://x'] : []),
    ...(dice.once(12) ? [] : [`c=${address()}`]),
    't=0 0',
    ...dice.many(0, 2, attribute),
    ...dice.many(1, 2, media).flat(),
    '',
  ].filter(() => !dice.once(50));
  return lines.map((line) => spoil(dice, line)).join(dice.once(30) ? '\n' : '\r\n');
}

function shuffled(dice: Dice, lines: string[]): string[] {
  if (!dice.once(3)) return lines;
  for (let at = lines.length - 1; at > 0; at -= 1) {
    const other = dice.throw(at + 1);
    [lines[at], lines[other]] = [lines[other]!, lines[at]!];
  }
  return lines;
}
