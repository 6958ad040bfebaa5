export interface PortPoolOptions {
  /** Address to bind, IPv4 or IPv6. */
  readonly address: string;
  /** Ports from here on are used, in pairs of an even RTP port and the odd RTCP port above it. */
  readonly lowest: number;
  readonly highest: number;
}

/** All pairs are taken or rest. */
export class NoPortLeft extends Error {
  override readonly name = 'NoPortLeft';
}

/** The ports that media goes through (RFC 3550 §11). */
export class PortPool {
  readonly address: string;

  constructor(options: PortPoolOptions) {
    this.address = options.address;
  }
}
