import { createHash } from 'node:crypto';

/** The ways in which a number could lie in a file though nobody meant to write it. */
export interface Spelling {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Every spelling of an E.164 number that the scan knows. */
export function spellingsOf(e164: string): readonly Spelling[] {
  const digits = e164.replace('+', '');
  const national = digits.slice(-10);
  const [area, exchange, line] = [national.slice(0, 3), national.slice(3, 6), national.slice(6)];
  const texts = {
    digits,
    national,
    'last nine digits': digits.slice(-9),
    dashes: `${area}-${exchange}-${line}`,
    dots: `${area}.${exchange}.${line}`,
    spaces: `${area} ${exchange} ${line}`,
    parentheses: `(${area}) ${exchange}-${line}`,
    reversed: Array.from(national).reverse().join(''),
    'URL-encoded': national.replace(/\d/g, '%3$&'),
  };
  return [
    ...Object.entries(texts).flatMap(([name, text]) => [
      { name, bytes: Buffer.from(text) },
      { name: `${name} in UTF-16`, bytes: Buffer.from(text, 'utf16le') },
      { name: `${name} in hex`, bytes: Buffer.from(Buffer.from(text).toString('hex')) },
    ]),
    ...[e164, digits, `tel:${e164}`, `sip:${e164}`].flatMap(base64Spellings),
    ...[e164, digits, national, `tel:${e164}`].flatMap(plainHashes),
    { name: 'packed digits', bytes: Buffer.from(national, 'hex') },
    { name: 'packed digits, swapped', bytes: Buffer.from(swapPairs(national), 'hex') },
    ...integers(BigInt(digits)),
  ];
}

/** Names of the spellings that the bytes contain. */
export function findNumber(bytes: Buffer, e164: string): readonly string[] {
  return spellingsOf(e164)
    .filter((spelling) => bytes.includes(spelling.bytes))
    .map(({ name }) => name);
}

/** Base64 at each of the three places a text can have in a longer one; the ragged ends are cut. */
function base64Spellings(text: string): readonly Spelling[] {
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.from('\0'.repeat(shift) + text).toString('base64');
    const whole = encoded.slice(
      Math.ceil((shift * 4) / 3),
      Math.floor(((shift + text.length) * 4) / 3),
    );
    return { name: `base64 of ${text.length} characters at ${shift}`, bytes: Buffer.from(whole) };
  });
}

/** Hashes without a key: all numbers of a country are tried in seconds. */
function plainHashes(text: string): readonly Spelling[] {
  return ['md5', 'sha1', 'sha256', 'sha512'].flatMap((algorithm) => {
    const hash = createHash(algorithm).update(text).digest();
    return [
      { name: `${algorithm} bytes`, bytes: hash },
      { name: `${algorithm} hex`, bytes: Buffer.from(hash.toString('hex')) },
      { name: `${algorithm} base64`, bytes: Buffer.from(hash.toString('base64').slice(0, 20)) },
      {
        name: `${algorithm} base64url`,
        bytes: Buffer.from(hash.toString('base64url').slice(0, 20)),
      },
    ];
  });
}

function swapPairs(digits: string): string {
  return digits.replace(/(\d)(\d)/g, '$2$1');
}

/** As SQLite keeps numbers of this size: integers in six bytes, floats in eight. */
function integers(value: bigint): readonly Spelling[] {
  const integer = Buffer.alloc(8);
  integer.writeBigUInt64BE(value);
  const float = Buffer.alloc(8);
  float.writeDoubleBE(Number(value));
  return [
    { name: 'integer', bytes: integer.subarray(2) },
    { name: 'float', bytes: float },
  ];
}
