/** Who is heard, and how much of him. All of this can be cloned into a worker thread. */
export interface AdmissionOptions {
  /** Addresses and CIDR blocks of known peers. Whoever is not among them is a stranger. */
  readonly peers: readonly string[];
  /** Addresses and CIDR blocks of callers who prove later who they are: strangers, but answered. */
  readonly guests: readonly string[];
  /** `drop`: what strangers send is not even parsed. `answer`: they get the answers of RFC 3261. */
  readonly strangers: 'drop' | 'answer';
  /** Requests a second from one stranger; the IPv6 addresses of one /64 count as one. */
  readonly strangerPerSecond: number;
  /** Requests a second from all strangers together. */
  readonly strangersPerSecond: number;
  /** Requests and responses a second from one known peer. */
  readonly peerPerSecond: number;
  /** Sources whose rates are kept at once. */
  readonly sources: number;
  /** Texts in User-Agent that give a scanner away, beside the known ones. */
  readonly scannerAgents: readonly string[];
}

/** An engine on its own knows nobody, and answers everybody but scanners. */
export const defaultAdmission: AdmissionOptions = {
  peers: [],
  guests: [],
  strangers: 'answer',
  strangerPerSecond: Infinity,
  strangersPerSecond: Infinity,
  peerPerSecond: Infinity,
  sources: 65_536,
  scannerAgents: [],
};
