import type { Did } from './did.js';
import { unmask, type RealNumber } from './real-number.js';

/** The DID that a dialed number is, when `isDid` knows it as one. */
export function didFrom(number: RealNumber, isDid: (did: Did) => boolean): Did | undefined {
  const candidate = unmask(number) as Did;
  return isDid(candidate) ? candidate : undefined;
}
