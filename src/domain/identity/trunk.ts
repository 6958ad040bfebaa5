import type { TenantId } from '../sessions/session.js';
import type { Millis } from '../time.js';

/** Which header fields carry the DID towards a peer; each shows the DID and nothing else. */
export type IdentityHeader = 'from' | 'pai' | 'ppi' | 'rpid';

/** How the peer writes numbers: `+14155550100`, `14155550100`, or the national `4155550100`. */
export type NumberFormat = 'e164' | 'e164-no-plus' | 'national';

/** What one peer wants to see as the caller's identity. The value is always a DID. */
export interface IdentityProfile {
  readonly headers: readonly IdentityHeader[];
  readonly numberFormat: NumberFormat;
  /** Sent as Privacy (RFC 3323); undefined sends none, because masking is not anonymity. */
  readonly privacy: 'id' | 'header' | 'user' | undefined;
  /** Host part of the URIs we write; undefined: our own address towards the peer. */
  readonly domain: string | undefined;
  /** Display name beside the DID, such as the brand; undefined: none. */
  readonly displayName: string | undefined;
}

/** Where the caller's identity is read, in order; only a configured trunk is believed at all. */
export type CallerIdSource = 'pai' | 'ppi' | 'rpid' | 'from';

export interface DigestCredentials {
  readonly username: string;
  readonly password: string;
}

export interface Trunk {
  readonly name: string;
  readonly role: 'carrier' | 'pbx';
  /** A PBX trunk belongs to one tenant; a carrier trunk serves the tenants whose DIDs it brings. */
  readonly tenant: TenantId | undefined;
  /** Addresses or CIDR blocks, each with an optional port: `203.0.113.0/24`, `198.51.100.7:5060`. */
  readonly sources: readonly string[];
  /** Local SIP port on which this peer must arrive; undefined: any. */
  readonly listenPort: number | undefined;
  /** What the peer must prove itself with when it calls us; undefined: its source suffices. */
  readonly inboundCredentials: DigestCredentials | undefined;
  /** What we answer when the peer challenges us. */
  readonly outboundCredentials: DigestCredentials | undefined;
  /** SIP URIs without a user part, tried in order: `sip:sbc1.carrier.example;transport=tcp`. */
  readonly targets: readonly string[];
  readonly identity: IdentityProfile;
  readonly callerIdFrom: readonly CallerIdSource[];
  /** Host of the agents' addresses of record (`1007@pbx.example`), for a PBX trunk. */
  readonly aorDomain: string | undefined;
  /** ISO 3166 alpha-2: how national numbers from this peer are read, and its emergency numbers. */
  readonly country: string;
  /** Direct: the parties' media addresses pass in SDP. Anchored: they never do. */
  readonly media: 'direct' | 'anchored';
  readonly noAnswerAfter: Millis;
  /** How long a target may show no progress (no 18x, no answer) before the next one is tried. */
  readonly progressWithin: Millis;
  /** Session timer offered on our legs (RFC 4028); undefined: none offered. */
  readonly sessionExpires: Millis | undefined;
}
