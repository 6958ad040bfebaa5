import { sequenceDistance, type RtpPacket } from './rtp-packet.js';

/** RFC 3550 §A.1: a larger jump is taken for a new start of the sequence. */
const mostDropout = 3_000;
const mostMisorder = 100;

export interface ReportOfReceived {
  readonly ssrc: number;
  /** Of 256, since the report before (RFC 3550 §6.4.1). */
  readonly fractionLost: number;
  readonly packetsLost: number;
  readonly highestSequence: number;
  /** In units of the media clock. */
  readonly jitter: number;
}

/** Counts what a party sends: loss and jitter as RFC 3550 §A.3 and §A.8 define them. */
export class ReceivedStream {
  packets = 0;
  octets = 0;
  #ssrc: number | undefined;
  #clockRate = 8_000;
  #base = 0;
  #highest = 0;
  #cycles = 0;
  #inStream = 0;
  /** Of streams that ended, or whose sequence began anew. */
  #lostBefore = 0;
  #transit: number | undefined;
  #jitter = 0;
  #expectedReported = 0;
  #receivedReported = 0;

  /** @param clockRate in Hz, of the codec in use. */
  useClock(clockRate: number): void {
    if (clockRate === this.#clockRate) return;
    this.#clockRate = clockRate;
    this.#transit = undefined;
    this.#jitter = 0;
  }

  /** @param timed whether the timestamp tells when it was sent, as that of an event does not. */
  count(packet: RtpPacket, nowMs: number, timed: boolean): void {
    this.packets += 1;
    this.octets += packet.payloadEnd - packet.payloadStart;
    if (packet.ssrc !== this.#ssrc) this.#begin(packet);
    else this.#follow(packet);
    this.#inStream += 1;
    if (timed) this.#measureJitter(packet.timestamp, nowMs);
  }

  get jitterMs(): number {
    return (this.#jitter * 1_000) / this.#clockRate;
  }

  get packetsLost(): number {
    return this.#lostBefore + this.#expected() - this.#inStream;
  }

  /** Undefined: nothing was received. Begins the next interval of the fraction lost. */
  report(): ReportOfReceived | undefined {
    if (this.#ssrc === undefined) return undefined;
    const expected = this.#expected() - this.#expectedReported;
    const lost = expected - (this.#inStream - this.#receivedReported);
    this.#expectedReported = this.#expected();
    this.#receivedReported = this.#inStream;
    return {
      ssrc: this.#ssrc,
      fractionLost:
        expected <= 0 || lost <= 0 ? 0 : Math.min(255, Math.floor((lost * 256) / expected)),
      packetsLost: Math.max(-0x800000, Math.min(0x7fffff, this.packetsLost)),
      highestSequence: (this.#cycles + this.#highest) >>> 0,
      jitter: Math.min(0xffffffff, Math.floor(this.#jitter)),
    };
  }

  #expected(): number {
    return this.#ssrc === undefined ? 0 : this.#cycles + this.#highest - this.#base + 1;
  }

  #begin(packet: RtpPacket): void {
    this.#lostBefore = this.packetsLost;
    this.#ssrc = packet.ssrc;
    this.#base = packet.sequence;
    this.#highest = packet.sequence;
    this.#cycles = 0;
    this.#inStream = 0;
    this.#expectedReported = 0;
    this.#receivedReported = 0;
    this.#transit = undefined;
  }

  #follow(packet: RtpPacket): void {
    const ahead = sequenceDistance(this.#highest, packet.sequence);
    if (ahead > 0 && ahead < mostDropout) {
      if (packet.sequence < this.#highest) this.#cycles += 0x10000;
      this.#highest = packet.sequence;
    } else if (ahead >= mostDropout || ahead < -mostMisorder) this.#begin(packet);
  }

  #measureJitter(timestamp: number, nowMs: number): void {
    const transit = (Math.round((nowMs * this.#clockRate) / 1_000) - timestamp) | 0;
    if (this.#transit !== undefined) {
      const change = Math.abs((transit - this.#transit) | 0);
      // A new start of the timestamps says nothing about the network.
      if (change < 2 * this.#clockRate) this.#jitter += (change - this.#jitter) / 16;
    }
    this.#transit = transit;
  }
}
