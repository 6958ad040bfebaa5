import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:dgram';
import {
  rtpHeaderOctets,
  sequenceDistance,
  timestampDistance,
  writeRtpHeader,
  type RtpPacket,
} from './rtp-packet.js';
import type { TransportAddress } from './source-latch.js';

/** A larger jump in what is relayed is not shown to the other side. */
const mostDropout = 100;
/** Of two seconds, in units of the media clock at 8 kHz and less at higher rates. */
const mostTimestampJump = 16_000;

/**
 * The one RTP stream that a party receives, whatever it is made of: its SSRC, sequence and
 * timestamps are our own from random beginnings (RFC 3550 §5.1) and go on without a break when what
 * is heard changes. Timestamps follow our clock; while somebody is relayed, our clock follows theirs.
 */
export class OutgoingStream {
  readonly ssrc = randomBytes(4).readUInt32BE();
  packets = 0;
  octets = 0;
  readonly #socket: Socket;
  #target: TransportAddress | undefined;
  #clockRate = 8_000;
  #sequence = randomBytes(2).readUInt16BE();
  /** Where our clock stands at `#clockAtMs`. */
  #clock = randomBytes(4).readUInt32BE();
  #clockAtMs: number;
  /** The timestamp that follows what was sent; undefined: nothing was yet. */
  #end: number | undefined;
  /** From theirs to ours, while packets of one stream are relayed. */
  #relayed: { ssrc: number; sequence: number; timestamp: number; first: number } | undefined;
  #lastTimestamp = 0;
  readonly #header = { marker: false, payloadType: 0, sequence: 0, timestamp: 0, ssrc: this.ssrc };

  constructor(socket: Socket, nowMs: number) {
    this.#socket = socket;
    this.#clockAtMs = nowMs;
  }

  get target(): TransportAddress | undefined {
    return this.#target;
  }

  sendTo(target: TransportAddress | undefined): void {
    this.#target = target;
  }

  useClock(clockRate: number, nowMs: number): void {
    if (clockRate === this.#clockRate) return;
    this.#setClock(this.clockAt(nowMs), nowMs);
    this.#clockRate = clockRate;
    this.#relayed = undefined;
  }

  /** The RTP timestamp of this moment. */
  clockAt(nowMs: number): number {
    const passed = Math.round(((nowMs - this.#clockAtMs) * this.#clockRate) / 1_000);
    return (this.#clock + passed) >>> 0;
  }

  /** Whether so much was sent already that the party would store it: a frame should be left out. */
  isAhead(nowMs: number): boolean {
    if (this.#end === undefined) return false;
    const ahead = timestampDistance(this.clockAt(nowMs), this.#end);
    // Somebody who was relayed leapt ahead; to wait until our clock is there would be a hole.
    if (ahead > this.#clockRate / 10) this.#setClock(this.#end, nowMs);
    return ahead > this.#clockRate / 50 && ahead <= this.#clockRate / 10;
  }

  /** The timestamp of what is sent next: where the last packet ended, unless that was long ago. */
  nextTimestamp(nowMs: number): number {
    const clock = this.clockAt(nowMs);
    if (this.#end === undefined) return clock;
    return timestampDistance(this.#end, clock) < this.#clockRate / 100 ? this.#end : clock;
  }

  /**
   * Sends a packet of our own making; its header is written into `bytes` from `at` on, the payload
   * is there already.
   * @param samples how long the packet is, in units of the media clock.
   * @param marker undefined: set when audio begins anew (RFC 3551 §4.1).
   */
  send(
    bytes: Buffer,
    at: number,
    end: number,
    payloadType: number,
    timestamp: number,
    samples: number,
    marker?: boolean,
  ): void {
    const begins = this.#relayed !== undefined || timestamp !== this.#end;
    this.#relayed = undefined;
    this.#emit(bytes, at, end, payloadType, this.#sequence, timestamp, marker ?? begins);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#end = (timestamp + samples) >>> 0;
  }

  /**
   * Sends on what another party sent, in its own buffer. Lost packets stay lost and late ones late,
   * for the party's own jitter buffer to deal with.
   * @returns our timestamp; undefined: not sent, for it came out of its turn.
   */
  relay(
    bytes: Buffer,
    packet: RtpPacket,
    payloadType: number,
    samples: number,
    nowMs: number,
  ): number | undefined {
    const begins = !this.#continues(packet);
    if (begins) this.#beginRelay(packet, nowMs);
    const map = this.#relayed;
    if (map === undefined) return undefined;
    const sequence = (packet.sequence + map.sequence) & 0xffff;
    if (sequenceDistance(map.first, sequence) < 0) return undefined;
    const timestamp = (packet.timestamp + map.timestamp) >>> 0;
    const at = packet.payloadStart - rtpHeaderOctets;
    this.#emit(
      bytes,
      at,
      packet.payloadEnd,
      payloadType,
      sequence,
      timestamp,
      begins || packet.marker,
    );
    if (begins || sequenceDistance(this.#sequence, sequence) >= 0) {
      this.#sequence = (sequence + 1) & 0xffff;
      this.#lastTimestamp = timestamp;
      this.#end = (timestamp + samples) >>> 0;
      this.#follow(timestamp, nowMs);
    }
    return timestamp;
  }

  #continues(packet: RtpPacket): boolean {
    const map = this.#relayed;
    if (map?.ssrc !== packet.ssrc) return false;
    const ahead = sequenceDistance(this.#sequence, (packet.sequence + map.sequence) & 0xffff);
    if (ahead >= mostDropout || ahead < -mostDropout) return false;
    const jump = timestampDistance(this.#lastTimestamp, (packet.timestamp + map.timestamp) >>> 0);
    return jump < mostTimestampJump * (1 + Math.max(0, ahead)) && jump > -mostTimestampJump;
  }

  #beginRelay(packet: RtpPacket, nowMs: number): void {
    const timestamp = this.nextTimestamp(nowMs);
    this.#relayed = {
      ssrc: packet.ssrc,
      sequence: (this.#sequence - packet.sequence) & 0xffff,
      timestamp: (timestamp - packet.timestamp) >>> 0,
      first: this.#sequence,
    };
    this.#lastTimestamp = timestamp;
  }

  /** Their clock drifts against ours; jitter is not to be followed, so it is done slowly. */
  #follow(timestamp: number, nowMs: number): void {
    const clock = this.clockAt(nowMs);
    const ahead = timestampDistance(clock, timestamp);
    this.#setClock(clock + Math.round(ahead / 64), nowMs);
  }

  #setClock(clock: number, nowMs: number): void {
    this.#clock = clock >>> 0;
    this.#clockAtMs = nowMs;
  }

  #emit(
    bytes: Buffer,
    at: number,
    end: number,
    payloadType: number,
    sequence: number,
    timestamp: number,
    marker: boolean,
  ): void {
    const target = this.#target;
    if (target === undefined) return;
    const header = this.#header;
    header.marker = marker;
    header.payloadType = payloadType;
    header.sequence = sequence;
    header.timestamp = timestamp;
    writeRtpHeader(bytes, at, header);
    this.packets += 1;
    this.octets += end - at - rtpHeaderOctets;
    this.#socket.send(bytes, at, end - at, target.port, target.address);
  }
}
