import { randomBytes, randomInt } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { OutgoingStream } from './outgoing-stream.js';
import type { ReceivedStream } from './received-stream.js';
import { readRtcp, writeRtcp, type ReportBlock, type SenderInfo } from './rtcp-packet.js';

/** RFC 3550 §6.2: five seconds for a session of two. */
const intervalMs = 5_000;
/** RFC 3550 §A.7: e - 3/2, for the mean of intervals that are drawn anew. */
const compensation = 1.21828;
/** Seconds from 1900, where NTP begins, to 1970. */
const ntpOffset = 2_208_988_800;
const longestRoundTrip = 30 * 65_536;

export interface PartyReport {
  readonly packetsLost: number;
  /** In units of the media clock. */
  readonly jitter: number;
}

/**
 * RTCP with one party. It ends here: nothing of what the other side reports, and no name of it, is
 * ever passed on.
 */
export class RtcpSession {
  reported: PartyReport | undefined;
  roundTripMs: number | undefined;
  readonly #cname = randomBytes(12).toString('base64');
  readonly #stream: OutgoingStream;
  readonly #received: ReceivedStream;
  #dueMs: number;
  #packetsReported = 0;
  #lastSr: { readonly ntpMiddle: number; readonly atMs: number } | undefined;

  constructor(stream: OutgoingStream, received: ReceivedStream, nowMs: number) {
    this.#stream = stream;
    this.#received = received;
    // The first comes after half the interval (RFC 3550 §6.2).
    this.#dueMs = nowMs + drawn() / 2;
  }

  /** A report when it is time for one. */
  beat(nowMs: number): Buffer | undefined {
    if (nowMs < this.#dueMs) return undefined;
    this.#dueMs = nowMs + drawn();
    return this.#compose(nowMs, false);
  }

  goodbye(nowMs: number): Buffer {
    return this.#compose(nowMs, true);
  }

  take(bytes: Buffer, nowMs: number): void {
    for (const { ntpMiddle, blocks } of readRtcp(bytes)) {
      if (ntpMiddle !== undefined) this.#lastSr = { ntpMiddle, atMs: nowMs };
      for (const block of blocks) if (block.ssrc === this.#stream.ssrc) this.#note(block, nowMs);
    }
  }

  #note(block: ReportBlock, nowMs: number): void {
    this.reported = { packetsLost: block.packetsLost, jitter: block.jitter };
    if (block.lastReport === 0) return;
    const { ntpSeconds, ntpFraction } = ntpAt(nowMs);
    const trip = (middle(ntpSeconds, ntpFraction) - block.lastReport - block.sinceLastReport) | 0;
    // A report that cannot be right, for the times in it are not ours.
    if (trip < 0 || trip > longestRoundTrip) return;
    this.roundTripMs = (trip * 1_000) / 65_536;
  }

  #compose(nowMs: number, bye: boolean): Buffer {
    const sent = this.#stream.packets > this.#packetsReported;
    this.#packetsReported = this.#stream.packets;
    const info: SenderInfo | undefined = sent
      ? {
          ...ntpAt(nowMs),
          rtpTimestamp: this.#stream.clockAt(nowMs),
          packets: this.#stream.packets,
          octets: this.#stream.octets,
        }
      : undefined;
    return writeRtcp(this.#stream.ssrc, info, this.#block(nowMs), this.#cname, bye);
  }

  #block(nowMs: number): ReportBlock | undefined {
    const report = this.#received.report();
    if (report === undefined) return undefined;
    const since = this.#lastSr === undefined ? 0 : nowMs - this.#lastSr.atMs;
    return {
      ...report,
      lastReport: this.#lastSr?.ntpMiddle ?? 0,
      sinceLastReport: Math.round((since * 65_536) / 1_000),
    };
  }
}

/** RFC 3550 §6.3.1: between half and one and a half of the interval, so that nobody falls in step. */
function drawn(): number {
  return randomInt(intervalMs / 2, (intervalMs * 3) / 2) / compensation;
}

function ntpAt(nowMs: number): { ntpSeconds: number; ntpFraction: number } {
  const seconds = (performance.timeOrigin + nowMs) / 1_000 + ntpOffset;
  const whole = Math.floor(seconds);
  return { ntpSeconds: whole, ntpFraction: Math.floor((seconds - whole) * 2 ** 32) };
}

function middle(seconds: number, fraction: number): number {
  return (((seconds & 0xffff) << 16) | (fraction >>> 16)) >>> 0;
}
