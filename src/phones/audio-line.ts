import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Address } from './address.js';
import { PCMA, PCMU, type G711 } from './g711.js';
import { mediaOf } from './sdp.js';
import { readRtp, senderReport, writeRtp } from './rtp.js';

/** What RTP and RTCP say of their sender. */
export interface AudioOptions {
  readonly host: string;
  readonly ssrc: number;
  /** Canonical name in RTCP (RFC 3550 §6.5.1); many devices write user and host into it. */
  readonly cname: string;
}

/** One datagram that came, as it was. */
export interface Datagram {
  /** On the clock of `performance.now()`, as in a phone's trace. */
  readonly at: number;
  readonly bytes: Buffer;
  readonly is: 'rtp' | 'rtcp';
}

const PTIME_MS = 20;
const FRAME = 160;
const RTCP_EVERY_MS = 1000;
const DIGITS = '0123456789*#ABCD';

/**
 * The audio of a phone: says what a script wants said as G.711 in packets of 20 ms, silence
 * otherwise, with RTCP beside it, and keeps every datagram that comes.
 */
export class AudioLine {
  readonly received: Datagram[] = [];
  readonly #rtp: Socket;
  readonly #rtcp: Socket;
  readonly #options: AudioOptions;
  #remote: (Address & { readonly codec: G711; readonly events: number | undefined }) | undefined;
  #words: { readonly samples: Int16Array; next: number; readonly said: () => void } | undefined;
  #pressing = false;
  #sequence = 4711;
  #timestamp = 1_000_000;
  #packets = 0;
  readonly #timers: NodeJS.Timeout[];

  private constructor(rtp: Socket, rtcp: Socket, options: AudioOptions) {
    this.#rtp = rtp;
    this.#rtcp = rtcp;
    this.#options = options;
    rtp.on('message', (bytes) => this.received.push({ at: performance.now(), bytes, is: 'rtp' }));
    rtcp.on('message', (bytes) => this.received.push({ at: performance.now(), bytes, is: 'rtcp' }));
    // What went where nobody listens any more comes back as an error, and is for the script to notice.
    for (const socket of [rtp, rtcp]) socket.on('error', () => undefined);
    // By the clock, since an interval drifts: a packet that is due late goes with the next.
    const begun = performance.now();
    let due = 0;
    const tick = (): void => {
      for (; begun + due * PTIME_MS <= performance.now(); due += 1) this.#speak();
    };
    this.#timers = [setInterval(tick, 5), setInterval(() => this.#report(), RTCP_EVERY_MS)];
  }

  /** RTP on an even port of `host`, RTCP on the next one. */
  static async open(options: AudioOptions): Promise<AudioLine> {
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const rtp = await bound(options.host, 0);
      const port = rtp?.address().port ?? 1;
      const rtcp = port % 2 === 0 ? await bound(options.host, port + 1) : undefined;
      if (rtp !== undefined && rtcp !== undefined) return new AudioLine(rtp, rtcp, options);
      rtp?.close();
    }
    throw new Error(`no two neighbouring ports of ${options.host} are free`);
  }

  get address(): Address {
    return { host: this.#options.host, port: this.#rtp.address().port };
  }

  /** Sends to where this description listens, in the G.711 that it names first. */
  talkTo(description: string): void {
    const { address, port, payloads } = mediaOf(description);
    const first = [...payloads.keys()].find((payload) => payload === 0 || payload === 8);
    const codec = first === PCMA.payload ? PCMA : PCMU;
    const events = [...payloads].find(([, name]) => /^telephone-event\//i.test(name))?.[0];
    this.#remote = { host: address, port, codec, events };
    this.#report();
  }

  /** Goes silent, as when the call is over. */
  hangUp(): void {
    this.#remote = undefined;
    this.#words?.said();
    this.#words = undefined;
  }

  /** Resolves when all is said. Samples are linear, 8 kHz. */
  say(samples: Int16Array): Promise<void> {
    return new Promise((said) => {
      this.#words = { samples, next: 0, said };
    });
  }

  /** A digit as telephone event: five packets of it, three of its end (RFC 4733 §2.5.1). */
  async press(digit: string): Promise<void> {
    const event = DIGITS.indexOf(digit);
    const begun = this.#timestamp;
    this.#pressing = true;
    for (let n = 1; n <= 8; n += 1) {
      const payload = Buffer.from([event, n > 5 ? 0x8a : 0x0a, 0, 0]);
      payload.writeUInt16BE(FRAME * Math.min(n, 6), 2);
      this.#send(this.#remote?.events ?? 101, begun, payload, n === 1);
      await sleep(PTIME_MS);
    }
    this.#timestamp = begun + FRAME * 8;
    this.#pressing = false;
  }

  /** What came in this stretch of time, as linear samples, one packet after the other. */
  heard(from = 0, to = Infinity): Int16Array {
    const packets = this.received
      .filter(({ at, is }) => is === 'rtp' && at >= from && at < to)
      .flatMap(({ bytes }) => readRtp(bytes) ?? []);
    const samples = packets.flatMap(({ payloadType, payload }) => {
      const codec = [PCMU, PCMA].find((one) => one.payload === payloadType);
      return codec === undefined ? [] : [...payload].map((code) => codec.decode(code));
    });
    return Int16Array.from(samples);
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    for (const socket of [this.#rtp, this.#rtcp]) {
      await new Promise<void>((resolve) => socket.close(resolve));
    }
  }

  #speak(): void {
    if (this.#remote === undefined || this.#pressing) return;
    const { codec } = this.#remote;
    const words = this.#words;
    const payload = Buffer.alloc(FRAME, codec.silence);
    if (words !== undefined) {
      const spoken = words.samples.subarray(words.next, words.next + FRAME);
      for (const [at, sample] of spoken.entries()) payload[at] = codec.encode(sample);
      words.next += FRAME;
      if (words.next >= words.samples.length) {
        this.#words = undefined;
        words.said();
      }
    }
    this.#send(codec.payload, this.#timestamp, payload, false);
    this.#timestamp += FRAME;
  }

  #send(payloadType: number, timestamp: number, payload: Buffer, marker: boolean): void {
    if (this.#remote === undefined) return;
    const { ssrc } = this.#options;
    const sequence = (this.#sequence += 1) & 0xffff;
    const packet = writeRtp({ payloadType, marker, sequence, timestamp, ssrc, payload });
    this.#packets += 1;
    this.#rtp.send(packet, this.#remote.port, this.#remote.host, () => undefined);
  }

  #report(): void {
    if (this.#remote === undefined) return;
    const { ssrc, cname } = this.#options;
    const sent = {
      timestamp: this.#timestamp,
      packets: this.#packets,
      octets: FRAME * this.#packets,
    };
    const report = senderReport(ssrc, cname, sent);
    this.#rtcp.send(report, this.#remote.port + 1, this.#remote.host, () => undefined);
  }
}

async function bound(host: string, port: number): Promise<Socket | undefined> {
  const socket = createSocket('udp4');
  socket.bind(port, host);
  return once(socket, 'listening').then(
    () => socket,
    () => undefined, // somebody else has it
  );
}
