import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { toneShare } from './wav.js';

const PACKET = 160;
const RATE = 8000;

/** A party's phone as far as audio goes: G.711 µ-law, 20 ms packets, RFC 4733 digits. */
export class RtpPeer {
  /** Everything heard so far, 16-bit samples, one packet after the other. */
  #heard: Int16Array[] = [];
  #events: number[] = [];
  /** How late the latest packet was sent, in ms: on a busy machine audio has gaps before it leaves. */
  late = 0;
  #remote: { host: string; port: number } | undefined;
  #sequence = 1000;
  #timestamp = 50_000;
  #tone: number | undefined;
  #phase = 0;
  #pause = false;
  #muted = false;
  readonly #timer: NodeJS.Timeout;

  private constructor(private readonly socket: Socket) {
    socket.on('message', (packet) => this.#take(packet));
    // By the clock, since an interval drifts: a packet that is due late is sent with the next.
    const begun = performance.now();
    let sent = 0;
    this.#timer = setInterval(() => {
      for (; begun + sent * 20 <= performance.now(); sent += 1) {
        this.late = Math.max(this.late, performance.now() - begun - sent * 20);
        this.#send();
      }
    }, 5);
  }

  static async open(): Promise<RtpPeer> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new RtpPeer(socket);
  }

  get port(): number {
    return this.socket.address().port;
  }

  /** Its description, the same as offer and as answer. */
  get sdp(): string {
    return [
      'v=0',
      'o=- 7 1 IN IP4 127.0.0.1',
      's=-',
      'c=IN IP4 127.0.0.1',
      't=0 0',
      `m=audio ${this.port} RTP/AVP 0 101`,
      'a=rtpmap:0 PCMU/8000',
      'a=rtpmap:101 telephone-event/8000',
      'a=fmtp:101 0-15',
      'a=sendrecv',
      '',
    ].join('\r\n');
  }

  /** Sends there from now on; silence until it is given a tone. */
  sendTo(sdp: string): void {
    const host = /^c=IN IP4 (\S+)/m.exec(sdp)?.[1] ?? '127.0.0.1';
    this.#remote = { host, port: Number(/^m=audio (\d+)/m.exec(sdp)?.[1]) };
  }

  speak(hertz: number | undefined): void {
    this.#tone = hertz;
  }

  /** Sends nothing at all, as a phone on hold may. */
  mute(muted: boolean): void {
    this.#muted = muted;
  }

  forget(): void {
    this.#heard = [];
    this.#events = [];
  }

  get packets(): number {
    return this.#heard.length;
  }

  /** Digits heard as telephone events, each once. */
  get digits(): string {
    return this.#events.map((event) => '0123456789*#ABCD'.charAt(event)).join('');
  }

  /** How loud a tone was in the last `ms` heard: 0 for none, near 1 for nothing else. */
  share(hertz: number, ms = 200): number {
    const samples = this.#heard.slice(-Math.ceil(ms / 20)).flatMap((packet) => [...packet]);
    return toneShare(Int16Array.from(samples), RATE, hertz);
  }

  /** Milliseconds from the first sound heard to the last, pauses included. */
  get sounded(): number {
    const loud = this.#heard.map((packet) => packet.some((sample) => Math.abs(sample) > 500));
    return loud.includes(true) ? (loud.lastIndexOf(true) - loud.indexOf(true) + 1) * 20 : 0;
  }

  /** Five packets of a digit and three of its end (RFC 4733 §2.5.1). */
  async press(digit: string): Promise<void> {
    const event = '0123456789*#ABCD'.indexOf(digit);
    this.#pause = true;
    const at = this.#timestamp;
    for (let n = 1; n <= 8; n += 1) {
      const payload = Buffer.from([event, n > 5 ? 0x8a : 0x0a, 0, 0]);
      payload.writeUInt16BE(PACKET * Math.min(n, 6), 2);
      this.#packet(101, at, payload, n === 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    this.#timestamp = at + PACKET * 8;
    this.#pause = false;
  }

  close(): void {
    clearInterval(this.#timer);
    this.socket.close();
  }

  #send(): void {
    if (this.#pause || this.#muted || this.#remote === undefined) return;
    const payload = Buffer.alloc(PACKET, 0xff);
    if (this.#tone !== undefined) {
      for (let at = 0; at < PACKET; at += 1) {
        const wave = Math.sin((2 * Math.PI * this.#tone * this.#phase++) / RATE);
        payload[at] = muLawOf(Math.round(8000 * wave));
      }
    }
    this.#packet(0, this.#timestamp, payload, false);
    this.#timestamp += PACKET;
  }

  #packet(type: number, timestamp: number, payload: Buffer, marker: boolean): void {
    if (this.#remote === undefined) return;
    const head = Buffer.alloc(12);
    head[0] = 0x80;
    head[1] = type | (marker ? 0x80 : 0);
    head.writeUInt16BE(this.#sequence++ & 0xffff, 2);
    head.writeUInt32BE(timestamp >>> 0, 4);
    head.writeUInt32BE(0xca11, 8);
    this.socket.send(Buffer.concat([head, payload]), this.#remote.port, this.#remote.host);
  }

  #take(packet: Buffer): void {
    const type = (packet[1] ?? 0) & 0x7f;
    if (type === 101) {
      if (((packet[1] ?? 0) & 0x80) !== 0) this.#events.push(packet[12] ?? 0);
      return;
    }
    if (type === 0) this.#heard.push(Int16Array.from(packet.subarray(12), linearOf));
  }
}

/** ITU-T G.711 µ-law. */
function muLawOf(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), 32_635) + 132;
  const exponent = Math.max(0, Math.floor(Math.log2(magnitude)) - 7);
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
}

function linearOf(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = (((bits & 0x0f) << 3) + 132) << ((bits >> 4) & 0x07);
  return (bits & 0x80) === 0 ? magnitude - 132 : 132 - magnitude;
}
