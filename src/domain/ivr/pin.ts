/** Keyed hash of a participant's PIN: a PIN itself is kept nowhere. */
export type PinHash = string & { readonly brand: 'PinHash' };

/**
 * A PIN of `digits` digits, each as likely as any other.
 * @param random 16 bytes or more as hex: that many more than a PIN needs that no digit is favoured.
 */
export function pinFrom(random: string, digits: number): string {
  const pin = BigInt(`0x${random}`) % 10n ** BigInt(digits);
  return pin.toString().padStart(digits, '0');
}
