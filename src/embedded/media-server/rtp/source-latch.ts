import { sequenceDistance, type RtpPacket } from './rtp-packet.js';

/** Packets in unbroken order before a source that the description does not name is believed. */
const packetsToBelieve = 4;
/** After so long without a packet, a source may have moved. */
const silentMs = 2_000;
/** So long a former source is heard and not followed: its last packets are still on their way. */
const formerMs = 1_000;
/** The most packets that a stream may have lost while it moved: a minute of 20 ms packets. */
const mostLostMoving = 3_000;

export interface TransportAddress {
  readonly address: string;
  readonly port: number;
}

interface Source extends TransportAddress {
  readonly ssrc: number;
  sequence: number;
  heardAtMs: number;
}

interface Candidate extends Source {
  inOrder: number;
}

/**
 * Symmetric RTP (RFC 4961) that cannot be stolen. Audio is taken from one source only, and goes to
 * where it comes from:
 *
 * 1. Nothing is heard before the party's description names an address.
 * 2. What comes from that very address and port is the party, at once, once and for all.
 * 3. Behind a NAT it comes from elsewhere: another source is believed after four packets in
 *    unbroken order under one SSRC, and only until the described address itself speaks.
 * 4. Everything else is a stranger. Once a source is believed, no stranger takes its place, however
 *    much it sends; and none can move where our audio goes.
 * 5. A source silent for two seconds may have moved: it is followed to another address when the
 *    SSRC is the same and the sequence goes on, which nobody can guess who did not hear it. The
 *    described address may always take over from a silent source.
 * 6. A new description with another address starts afresh. The former source is heard until the
 *    new one speaks, and audio goes to the described address already.
 */
export class SourceLatch {
  /** Packets of sources that were not believed. */
  strangers = 0;
  #described: TransportAddress | undefined;
  #source: Source | undefined;
  #former: Source | undefined;
  /** Since when packets came under the present description; undefined: none did. */
  #firstAtMs: number | undefined;
  #candidate: Candidate | undefined;
  #describedSpoke = false;

  /** Where our audio goes; undefined: nowhere yet. */
  get target(): TransportAddress | undefined {
    return this.#source ?? this.#described;
  }

  /** The party's description, at each agreement; undefined: it has no address. */
  describe(remote: TransportAddress | undefined): void {
    const same =
      remote?.address === this.#described?.address && remote?.port === this.#described?.port;
    if (same) return;
    this.#described = remote;
    this.#former = this.#source;
    this.#source = undefined;
    this.#candidate = undefined;
    this.#firstAtMs = undefined;
    this.#describedSpoke = false;
  }

  /** Whether this packet is the party's. */
  hears(packet: RtpPacket, address: string, port: number, nowMs: number): boolean {
    const source = this.#source;
    if (source?.port === port && source.address === address) {
      source.heardAtMs = nowMs;
      source.sequence = packet.sequence;
      if (source.ssrc !== packet.ssrc) this.#source = sourceOf(packet, source, nowMs);
      return true;
    }
    const from = { address, port };
    if (this.#believes(packet, from, nowMs)) {
      this.#source = sourceOf(packet, from, nowMs);
      this.#former = undefined;
      this.#candidate = undefined;
      return true;
    }
    if (this.#source === undefined && isAt(this.#former, from)) return true;
    this.strangers += 1;
    return false;
  }

  #believes(packet: RtpPacket, from: TransportAddress, nowMs: number): boolean {
    if (this.#described === undefined) return false;
    const silent = this.#source !== undefined && nowMs - this.#source.heardAtMs > silentMs;
    if (isAt(this.#described, from)) {
      const first = !this.#describedSpoke;
      this.#describedSpoke = true;
      return first || this.#source === undefined || silent;
    }
    if (this.#source === undefined) {
      this.#firstAtMs ??= nowMs;
      if (isAt(this.#former, from) && nowMs - this.#firstAtMs < formerMs) return false;
      return this.#provesItself(packet, from, nowMs);
    }
    return silent && goesOn(this.#source, packet);
  }

  #provesItself(packet: RtpPacket, from: TransportAddress, nowMs: number): boolean {
    const candidate = this.#candidate;
    const next =
      candidate !== undefined &&
      isAt(candidate, from) &&
      candidate.ssrc === packet.ssrc &&
      sequenceDistance(candidate.sequence, packet.sequence) === 1;
    if (next) {
      candidate.inOrder += 1;
      candidate.sequence = packet.sequence;
      candidate.heardAtMs = nowMs;
      return candidate.inOrder >= packetsToBelieve;
    }
    // One that is proving itself is not put off by another that sprays.
    if (candidate === undefined || isAt(candidate, from) || nowMs - candidate.heardAtMs > 100) {
      this.#candidate = { ...sourceOf(packet, from, nowMs), inOrder: 1 };
    }
    return false;
  }
}

function sourceOf(packet: RtpPacket, from: TransportAddress, nowMs: number): Source {
  const { ssrc, sequence } = packet;
  return { address: from.address, port: from.port, ssrc, sequence, heardAtMs: nowMs };
}

function isAt(source: TransportAddress | undefined, from: TransportAddress): boolean {
  return source?.port === from.port && source.address === from.address;
}

function goesOn(source: Source, packet: RtpPacket): boolean {
  const ahead = sequenceDistance(source.sequence, packet.sequence);
  return packet.ssrc === source.ssrc && ahead > 0 && ahead < mostLostMoving;
}
