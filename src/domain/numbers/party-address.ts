import { inspect } from 'node:util';
import { partialMaskSip } from './partial-mask.js';
import { RealNumber, unmask } from './real-number.js';

let readAor: (address: SipAddress) => string;

/** A participant's SIP address of record, such as a PBX extension: as secret as a number. */
export class SipAddress {
  readonly #user: string;
  readonly #host: string;

  static {
    readAor = (address) => `${address.#user}@${address.#host}`;
  }

  private constructor(user: string, host: string) {
    this.#user = user;
    this.#host = host;
  }

  /** Reads `sip:1007@pbx.example` or `1007@pbx.example`; a port or parameters do not belong to an AOR. */
  static parse(text: string): SipAddress | undefined {
    const match =
      /^(?:sips?:)?([\w.!~*'()&=+$,;?/%-]{1,128})@([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]+\])$/.exec(
        text.trim(),
      );
    const [, user, host] = match ?? [];
    if (user === undefined || host === undefined) return undefined;
    return new SipAddress(user, host.toLowerCase());
  }

  equals(other: SipAddress): boolean {
    return readAor(this) === readAor(other);
  }

  toString(): string {
    return partialMaskSip(this.#user);
  }

  toJSON(): string {
    return this.toString();
  }

  [Symbol.toPrimitive](): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return `SipAddress(${this.toString()})`;
  }
}

/** Where a participant is reached: a phone number or a SIP address. */
export type PartyAddress = RealNumber | SipAddress;

/**
 * The one canonical text of a party (`tel:+14155550100` or `sip:1007@pbx.example`), the input of
 * keyed hashes and seals. As restricted as `unmask`.
 */
export function unmaskParty(party: PartyAddress): string {
  return party instanceof RealNumber ? `tel:${unmask(party)}` : `sip:${readAor(party)}`;
}

/** The reverse of `unmaskParty`. */
export function partyFromCanonical(text: string): PartyAddress | undefined {
  if (text.startsWith('tel:')) return RealNumber.fromKnown(text.slice(4));
  return SipAddress.parse(text);
}
