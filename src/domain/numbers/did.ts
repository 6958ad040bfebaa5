/**
 * A proxy number that a tenant owns, in E.164. It may be shown to anyone, which is why it is a
 * type of its own: the compiler refuses a real number where a DID is due, and the reverse.
 */
export type Did = string & { readonly brand: 'Did' };

const E164 = /^\+[1-9]\d{6,14}$/;

export function isE164(text: string): boolean {
  return E164.test(text);
}

/** @throws RangeError when `text` is not E.164; numbers of a DID list are checked at start-up. */
export function did(text: string): Did {
  if (!isE164(text)) throw new RangeError(`a DID is written in E.164, such as +14155550100`);
  return text as Did;
}
