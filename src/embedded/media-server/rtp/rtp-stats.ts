/** What RTP and RTCP told of a port so far. */
export interface RtpStats {
  readonly packetsSent: number;
  /** Octets of payload (RFC 3550 §6.4.1). */
  readonly octetsSent: number;
  readonly packetsReceived: number;
  readonly octetsReceived: number;
  /** Expected and not received; negative when packets came twice (RFC 3550 §6.4.1). */
  readonly packetsLost: number;
  /** Of sources that are not the party: misdirected, or somebody tries to be heard. */
  readonly packetsOfStrangers: number;
  /** Interarrival jitter of what we receive, in milliseconds. */
  readonly jitterMs: number;
  /** What the party reports of the stream that we send; undefined: it sent no report. */
  readonly reportedByParty: { readonly packetsLost: number; readonly jitterMs: number } | undefined;
  /** Milliseconds; undefined: no report came that would tell. */
  readonly roundTripMs: number | undefined;
  /** Where the party's audio comes from and ours goes to; undefined: not known yet. */
  readonly remote: { readonly address: string; readonly port: number } | undefined;
}
