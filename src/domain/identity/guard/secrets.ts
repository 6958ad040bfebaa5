import type { Did } from '../../numbers/did.js';
import type { PartyAddress } from '../../numbers/party-address.js';

/** What tells of a party besides its number. */
export interface LegTraces {
  /** Display names. */
  readonly names: Iterable<string>;
  /** Hosts and IP addresses: source, Contact, Via, SDP c= and o=. */
  readonly addresses: Iterable<string>;
  readonly callIds: Iterable<string>;
  readonly tags: Iterable<string>;
}

/** What must not appear on a leg: everything known of the other party and of its leg. */
export interface LegSecrets extends LegTraces {
  /** The other party's numbers and SIP addresses of record. */
  readonly parties: readonly PartyAddress[];
  readonly permitted: LegPermitted;
  /** Media flows directly: the other party's IP address may stand in SDP c= lines, nowhere else. */
  readonly directMedia: boolean;
}

/**
 * What this leg rightly says; a secret that is part of it is not looked for. Its traces are those of
 * the leg's own party, and our own: display names that we show, our addresses, its trunk's domain.
 */
export interface LegPermitted extends LegTraces {
  /** The leg's own party. */
  readonly parties: readonly PartyAddress[];
  readonly dids: readonly Did[];
}
