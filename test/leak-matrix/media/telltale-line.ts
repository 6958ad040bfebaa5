import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Body } from '../../../src/phones/compose.js';
import type { Side } from '../canaries.js';
import * as packets from './telltale-packets.js';

/** How each side describes itself: codecs in an order of its own, digits by a type of its own. */
const FORMATS: Readonly<Record<Side, { readonly list: string; readonly events: number }>> = {
  carrier: { list: '0 97 8', events: 97 },
  pbx: { list: '0 8 113', events: 113 },
};
const HOSTS: Readonly<Record<Side, string>> = { carrier: '127.0.1.1', pbx: '127.0.2.1' };
const SAMPLES = 160;

export interface Received {
  readonly on: 'rtp' | 'rtcp';
  readonly bytes: Buffer;
  readonly from: string;
}

export interface SentAudio {
  readonly sequence: number;
  readonly timestamp: number;
}

/** One party's RTP and RTCP: tells all there is to tell, and keeps all that it receives. */
export class TelltaleLine implements packets.Marks {
  readonly received: Received[] = [];
  /** Audio sent, by the number in its payload. */
  readonly sent: SentAudio[] = [];
  readonly address: string;
  readonly sessionId: string;
  readonly formats: (typeof FORMATS)[Side];
  readonly ssrc: number;
  readonly csrc: number;
  readonly ntpSeconds: number;
  #version = 0;
  #sequence: number;
  #timestamp: number;
  #remote: { readonly address: string; readonly port: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #turn = 0;
  #pressing = false;

  private constructor(
    readonly side: Side,
    private readonly rtp: Socket,
    private readonly rtcp: Socket,
  ) {
    const first = side === 'carrier';
    this.address = HOSTS[side];
    this.formats = FORMATS[side];
    this.sessionId = first ? '8315550771' : '6904441882';
    // Leaps that no speech makes, so that none of these is met in G.711 by chance.
    this.ssrc = first ? 0x17e80df2 : 0x2ad319e6;
    this.csrc = first ? 0x13ec37d8 : 0x0bf425da;
    this.ntpSeconds = first ? 0xe90ad137 : 0xed06c52b;
    this.#sequence = first ? 11_000 : 44_000;
    this.#timestamp = first ? 0x51234567 : 0x9abcdef1;
    rtp.on('message', (bytes, { address }) =>
      this.received.push({ on: 'rtp', bytes, from: address }),
    );
    rtcp.on('message', (bytes, { address }) =>
      this.received.push({ on: 'rtcp', bytes, from: address }),
    );
  }

  static async open(side: Side): Promise<TelltaleLine> {
    const rtp = await bound(HOSTS[side], 0);
    // RTCP on the port above (RFC 3550 §11), which somebody may have.
    const rtcp = await bound(HOSTS[side], rtp.address().port + 1).catch(() => undefined);
    if (rtcp !== undefined) return new TelltaleLine(side, rtp, rtcp);
    const another = await TelltaleLine.open(side);
    rtp.close();
    return another;
  }

  get port(): number {
    return this.rtp.address().port;
  }

  /** Each is newer than the one before. */
  description(direction: 'sendrecv' | 'sendonly' = 'sendrecv'): Body {
    this.#version += 1;
    const { list, events } = this.formats;
    const lines = [
      'v=0',
      `o=${this.side} ${this.sessionId} ${this.#version} IN IP4 ${this.address}`,
      's=-',
      `c=IN IP4 ${this.address}`,
      't=0 0',
      `m=audio ${this.port} RTP/AVP ${list}`,
      `a=rtcp:${this.port + 1}`,
      'a=rtpmap:0 PCMU/8000',
      'a=rtpmap:8 PCMA/8000',
      `a=rtpmap:${events} telephone-event/8000`,
      `a=fmtp:${events} 0-15`,
      `a=ssrc:${this.ssrc} cname:${packets.textOf(this.side, 'RTCP SDES CNAME')}`,
      `a=${direction}`,
    ];
    return { type: 'application/sdp', text: `${lines.join('\r\n')}\r\n` };
  }

  /** Sends where the description says from now on, every 20 ms. */
  talkTo(description: string): void {
    const address = /^c=IN IP4 (\S+)/m.exec(description)?.[1] ?? '';
    this.#remote = { address, port: Number(/^m=audio (\d+)/m.exec(description)?.[1]) };
    this.#timer ??= setInterval(() => this.#tick(), 20);
  }

  /** RFC 4733: a digit in place of audio, its end three times. */
  async press(event: number): Promise<void> {
    const { events: type } = this.formats;
    const timestamp = this.#timestamp;
    this.#pressing = true;
    for (let n = 1; n <= 8; n += 1) {
      const payload = Buffer.from([event, n > 5 ? 0x8a : 0x0a, 0, 0]);
      payload.writeUInt16BE(SAMPLES * Math.min(n, 6), 2);
      const head = { type, sequence: this.#next(), timestamp, marker: n === 1 };
      this.#send(packets.rtp(this.ssrc, head, payload));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    this.#timestamp += SAMPLES * 8;
    this.#pressing = false;
  }

  sayGoodbye(): void {
    this.#sendRtcp(packets.goodbye(this.side, this));
  }

  close(): void {
    clearInterval(this.#timer);
    this.rtp.close();
    this.rtcp.close();
  }

  #tick(): void {
    if (this.#pressing) return;
    this.#turn += 1;
    const head = { type: 0, sequence: this.#next(), timestamp: this.#timestamp };
    this.#send(packets.rtp(this.ssrc, head, this.#audio(head), this.#extras()));
    this.#timestamp += SAMPLES;
    if (this.#turn % 10 === 0) this.#besideAudio();
  }

  /** G.711 µ-law that goes through decoding and encoding unharmed, with a number in it. */
  #audio(head: SentAudio): Buffer {
    const number = this.sent.push(head) - 1;
    const payload = Buffer.alloc(SAMPLES, 0xd5);
    payload.set([Math.floor(number / 100), number % 100]);
    return payload;
  }

  #extras(): packets.RtpExtras {
    const text = (of: packets.Text): string => packets.textOf(this.side, of);
    switch (this.#turn % 8) {
      case 1:
        return { extension: text('RTP header extension') };
      case 3:
        return { csrc: this.csrc };
      case 5:
        return { padding: text('RTP padding') };
      default:
        return {};
    }
  }

  #besideAudio(): void {
    const text = packets.textOf(this.side, 'payload of a type that nobody agreed on');
    const head = { type: 77, sequence: this.#next(), timestamp: this.#timestamp };
    this.#send(packets.rtp(this.ssrc, head, Buffer.from(text.padEnd(SAMPLES, '~'))));
    this.#send(packets.rtcpForRtp(this.side, this));
    this.#send(packets.stun(this.side, this));
    this.#sendRtcp(packets.rtcp(this.side, this, this.#timestamp));
  }

  #next(): number {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    return this.#sequence;
  }

  #send(bytes: Buffer): void {
    if (this.#remote !== undefined) this.rtp.send(bytes, this.#remote.port, this.#remote.address);
  }

  #sendRtcp(bytes: Buffer): void {
    if (this.#remote === undefined) return;
    this.rtcp.send(bytes, this.#remote.port + 1, this.#remote.address);
  }
}

async function bound(host: string, port: number): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(port, host);
  await once(socket, 'listening');
  return socket;
}
