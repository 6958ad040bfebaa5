/** What offer and answer came to for the one audio stream of a party (RFC 3264). */
export interface NegotiatedAudio {
  /** Where the party's description wants its audio; undefined: not known yet, or port 0. */
  readonly remote:
    { readonly address: string; readonly port: number; readonly rtcpPort: number } | undefined;
  readonly codec: {
    readonly payload: number;
    /** As in the RTP parameters registry, upper case: `PCMU`, `PCMA`, `G722`, `OPUS`… */
    readonly name: string;
    readonly clockRate: number;
    readonly channels: number;
  };
  /** Payload type of RFC 4733 events at 8 kHz; undefined: not agreed. */
  readonly telephoneEvent: number | undefined;
  /** Milliseconds of audio per packet that the party wants to receive. */
  readonly ptime: number;
  /** As our own description says it. */
  readonly direction: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
  readonly rtcpMux: boolean;
}
