/** How much one message may be, on a datagram or a stream alike. */
export interface MessageLimits {
  /** Start line, headers and body together, in bytes. */
  readonly messageBytes: number;
  /** Start line in characters; a Request-URI that does not fit earns 414. */
  readonly startLine: number;
  /** Header fields, each repetition counted. */
  readonly headerFields: number;
  /** One unfolded header field in characters. A PASSporT (RFC 8224) stays under 2 kB. */
  readonly headerLine: number;
}

export const defaultLimits: MessageLimits = {
  messageBytes: 65_535,
  startLine: 4_096,
  headerFields: 256,
  headerLine: 8_192,
};
