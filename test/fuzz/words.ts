import type { Dice } from './dice.js';

/** Terminals of RFC 3261 §25.1, right and nearly right. */

const tokenCharacters = "abcXYZ019-.!%*_+`'~";
const userCharacters = "abc019-_.!~*'()&=+$,;?/";
const quotedCharacters = 'ab 1;,<>@:?=&{}[]/+é电\t';
const stray = [
  '\0',
  '\r',
  '\n',
  '\t',
  ' ',
  '"',
  '<',
  '>',
  '\\',
  ';',
  ',',
  '\u202e',
  '\ud800',
  '\x7f',
];

/** Text that everything of a message may hold and that nothing of it may carry to the other side. */
export const canary = 'cAnArY7731';

export function token(dice: Dice): string {
  return dice.once(12) ? canary : dice.many(1, 12, () => dice.letter(tokenCharacters)).join('');
}

export function digits(dice: Dice): string {
  if (dice.once(24)) {
    return dice.pick([
      '',
      '-1',
      '+5',
      '0x10',
      '5 5',
      '4294967296',
      '9'.repeat(40),
      '1e3',
      '٣',
      '00',
    ]);
  }
  return String(dice.throw(dice.pick([2, 10, 100, 70_000, 2 ** 31])));
}

export function quotedString(dice: Dice): string {
  const text = dice.many(0, 12, () =>
    dice.once(8) ? `\\${dice.pick(['"', '\\', 'a', '\x07'])}` : dice.letter(quotedCharacters),
  );
  return `"${text.join('')}${dice.once(6) ? canary : ''}${dice.once(80) ? '' : '"'}`;
}

export function host(dice: Dice): string {
  if (!dice.once(8)) return dice.pick(['192.0.2.77', 'host.invalid', '[::1]', `${canary}.invalid`]);
  return dice.pick([
    '192.0.2.77',
    '192.0.2.15',
    'host.invalid',
    `${canary}.invalid`,
    '[::1]',
    '[2001:db8::9:1]',
    '[2001:db8:::192.0.2.1]',
    '[::ffff:192.0.2.2]',
    'a-b.c_d',
    '999.1.1.1',
    '[::1',
    '::1',
    '-',
    '',
  ]);
}

export function hostPort(dice: Dice): string {
  if (!dice.once(3)) return host(dice);
  return `${host(dice)}:${dice.once(8) ? digits(dice) : 1 + dice.throw(65_535)}`;
}

function escaped(dice: Dice): string {
  return dice.pick(['%00', '%0d%0a', '%40', '%41', '%zz', '%', '%2B1']);
}

export function user(dice: Dice): string {
  if (dice.once(4)) return dice.pick(['+14155550142', canary, '__proto__', '', '%2b14155550142']);
  return dice
    .many(1, 10, () => (dice.once(20) ? escaped(dice) : dice.letter(userCharacters)))
    .join('');
}

export function uri(dice: Dice): string {
  const kind = dice.throw(24);
  if (kind === 0) return `tel:${dice.pick(['+1-415-555-0142', '7042;phone-context=+1', ''])}`;
  if (kind === 1) return dice.pick(['urn:service:sos', 'http://x/', 'isbn:1', ':', 'sip:', canary]);
  const scheme = dice.pick(['sip', 'sip', 'sip', 'sips', 'SIP']);
  const password = dice.once(20) ? ':pw' : '';
  const who = dice.once(6) ? '' : `${user(dice)}${password}@`;
  const uriParams = dice.once(3) ? params(dice, 3) : '';
  const headers = dice.once(40) ? `?Route=%3Csip:x%3E&Subject=${canary}` : '';
  return `${scheme}:${who}${hostPort(dice)}${uriParams}${headers}`;
}

export function params(dice: Dice, most = 4): string {
  return dice
    .many(0, most, () => {
      const name = dice.once(4)
        ? dice.pick(['tag', 'branch', 'rport', 'received', 'maddr', 'lr', 'ob', 'q', 'expires'])
        : token(dice);
      const around = dice.once(10) ? ' ' : '';
      if (dice.once(4)) return `${around};${name}`;
      const value = dice.pick([token, quotedString, digits, host])(dice);
      return `${around};${around}${name}${around}=${around}${value}`;
    })
    .join('');
}

export function nameAddr(dice: Dice): string {
  const name = dice.pick(['', '', `${token(dice)} `, `${quotedString(dice)} `, quotedString(dice)]);
  const bracketed = dice.once(12) ? uri(dice) : `<${uri(dice)}>`;
  return `${name}${bracketed}${params(dice)}`;
}

/** Now and then a character where none of its kind belongs. */
export function spoil(dice: Dice, text: string): string {
  if (!dice.once(100)) return text;
  const at = dice.throw(text.length + 1);
  return text.slice(0, at) + dice.pick(stray) + text.slice(at);
}
