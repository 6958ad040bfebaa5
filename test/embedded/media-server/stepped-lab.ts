import { EventEmitter } from 'node:events';
import { MediaPort } from '../../../src/embedded/media-server/rtp/media-port.js';
import { Metronome, type Clock } from '../../../src/embedded/media-server/rtp/metronome.js';
import type { NegotiatedAudio } from '../../../src/embedded/media-server/rtp/negotiated-audio.js';
import { PacketGathering } from '../../../src/embedded/media-server/rtp/packet-gathering.js';
import type { SocketPair } from '../../../src/embedded/media-server/rtp/socket-pair.js';
import { rtp, type Packet } from './rtp-party.js';

/** A clock that goes on when the test says. */
class SteppedClock implements Clock {
  ms = 1_000;
  #timers: { readonly atMs: number; readonly call: () => void }[] = [];

  now(): number {
    return this.ms;
  }

  after(ms: number, call: () => void): () => void {
    const timer = { atMs: this.ms + ms, call };
    this.#timers.push(timer);
    return () => (this.#timers = this.#timers.filter((other) => other !== timer));
  }

  /** Everything in its time. */
  to(ms: number): void {
    for (let due = this.#next(ms); due !== undefined; due = this.#next(ms)) {
      this.ms = Math.max(this.ms, due.atMs);
      this.#timers = this.#timers.filter((other) => other !== due);
      due.call();
    }
    this.ms = Math.max(this.ms, ms);
  }

  #next(ms: number): { readonly atMs: number; readonly call: () => void } | undefined {
    const due = this.#timers.filter(({ atMs }) => atMs <= ms);
    return due.sort((one, other) => one.atMs - other.atMs)[0];
  }
}

class SilentSocket extends EventEmitter {
  readonly sent: Buffer[] = [];

  send(bytes: Buffer, at: number, length: number): void {
    this.sent.push(Buffer.from(bytes.subarray(at, at + length)));
  }

  address(): { address: string } {
    return { address: '127.0.0.1' };
  }

  close(): void {
    this.removeAllListeners();
  }
}

const remote = { address: '192.0.2.1', port: 4_000, rtcpPort: 4_001 };

/** A media port without a network: what the party sends arrives when the test says. */
export class SteppedLine {
  readonly port: MediaPort;
  readonly #rtp = new SilentSocket();

  constructor(metronome: Metronome, agreed: Partial<NegotiatedAudio> = {}) {
    const sockets = {
      port: 4_000,
      rtp: this.#rtp,
      rtcp: new SilentSocket(),
      gathering: new PacketGathering(0),
      close: () => undefined,
    };
    this.port = MediaPort.on(
      sockets as unknown as SocketPair,
      { metronome, deadMediaMs: 0, inbandDigits: false },
      { digit: () => undefined, timedOut: () => undefined },
    );
    this.port.agree({
      remote,
      codec: { payload: 0, name: 'PCMU', clockRate: 8_000, channels: 1 },
      telephoneEvent: 101,
      ptime: 20,
      direction: 'sendrecv',
      rtcpMux: false,
      ...agreed,
    });
  }

  arrives(packet: Packet, from: { address: string; port: number } = remote): void {
    this.#rtp.emit('message', rtp(packet), from);
  }

  /** What the party was sent, of audio. */
  get heard(): { sequence: number; timestamp: number; payload: Buffer }[] {
    return this.#rtp.sent
      .filter((bytes) => (bytes[1]! & 0x7f) === 0)
      .map((bytes) => ({
        sequence: bytes.readUInt16BE(2),
        timestamp: bytes.readUInt32BE(4),
        payload: bytes.subarray(12),
      }));
  }
}

/** Ports whose time is the test's own. */
export class SteppedLab {
  readonly clock = new SteppedClock();
  readonly metronome = new Metronome(this.clock);

  line(agreed?: Partial<NegotiatedAudio>): SteppedLine {
    return new SteppedLine(this.metronome, agreed);
  }

  /** The thread gets nothing done until then; what is due comes all at once. */
  heldUpUntil(ms: number): void {
    this.clock.ms = Math.max(this.clock.ms, ms);
    this.clock.to(this.clock.ms);
  }
}
