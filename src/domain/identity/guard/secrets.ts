import type { Did } from '../../numbers/did.js';
import type { PartyAddress } from '../../numbers/party-address.js';

/** What must not appear on a leg: everything known of the other party and of its leg. */
export interface LegSecrets {
  /** The other party's numbers and SIP addresses of record. */
  readonly parties: readonly PartyAddress[];
  /** Display names that the other party sent. */
  readonly names: readonly string[];
  /** Hosts and IP addresses of the other party: source, Contact, Via, SDP c= and o=. */
  readonly addresses: readonly string[];
  readonly callIds: readonly string[];
  readonly tags: readonly string[];
  readonly permitted: LegPermitted;
  /** Media flows directly: the other party's IP address may stand in SDP c= lines, nowhere else. */
  readonly directMedia: boolean;
}

/** What this leg rightly says; a secret that is part of it is not looked for. */
export interface LegPermitted {
  /** The leg's own party. */
  readonly parties: readonly PartyAddress[];
  readonly dids: readonly Did[];
  /** Display names that we show, such as the brand. */
  readonly names: readonly string[];
  /** Our own addresses, this leg's peer, the domain of its trunk. */
  readonly addresses: readonly string[];
  /** This leg's own Call-ID and tags. */
  readonly callIds: readonly string[];
  readonly tags: readonly string[];
}
