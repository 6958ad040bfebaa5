/** Ways in which a secret text can hide in bytes. */
export function spellingsOfText(text: string): readonly string[] {
  return [...new Set([text, ...encodings(text)])];
}

/** Ways in which people and machines write one phone number; `countryCode` has no plus. */
export function spellingsOfNumber(e164: string, countryCode: string): readonly string[] {
  const digits = e164.replace(/\D/g, '');
  const national = digits.slice(countryCode.length);
  const tail = national.slice(-7);
  const [exchange, line] = [tail.slice(0, -4), tail.slice(-4)];
  const each = tail.split('');
  return [
    ...new Set([
      // The seven-digit tail covers E.164, 00, 011, national and tel: forms: all end with it.
      tail,
      ...['-', ' ', '.', '%20'].map((gap) => exchange + gap + line),
      each.join(' '),
      each.join('-'),
      digits.split('').reverse().join(''),
      nibbles(digits),
      ...encodings(digits),
      ...encodings(national),
    ]),
  ];
}

/** TBCD: digits swapped in pairs, as in ISUP and MAP bodies written in hex. */
function nibbles(digits: string): string {
  const even = digits.length % 2 === 0 ? digits : `${digits}f`;
  return even.replace(/(.)(.)/g, '$2$1');
}

function encodings(text: string): readonly string[] {
  return [Buffer.from(text).toString('hex'), ...base64Cores(text)];
}

/** The part of base64 that stays the same whatever stands before and after the text. */
function base64Cores(text: string): readonly string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.from('\0'.repeat(offset) + text).toString('base64');
    const start = Math.ceil((offset * 8) / 6);
    const wholeBits = Math.floor(((offset + Buffer.byteLength(text)) * 8) / 6);
    return encoded.slice(start, wholeBits);
  });
}
