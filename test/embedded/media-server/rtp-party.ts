import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { NegotiatedAudio } from '../../../src/embedded/media-server/rtp/negotiated-audio.js';

/** A packet as it came; read here without any code of the server. */
export interface Received {
  readonly bytes: Buffer;
  readonly marker: boolean;
  readonly payloadType: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Buffer;
  readonly atMs: number;
  readonly from: RemoteInfo;
}

export interface Packet {
  readonly payloadType?: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc?: number;
  readonly marker?: boolean;
  readonly payload: Buffer;
  readonly csrc?: readonly number[];
  readonly extension?: Buffer;
  readonly padding?: number;
}

export function rtp(packet: Packet): Buffer {
  const csrc = packet.csrc ?? [];
  const head = Buffer.alloc(12 + 4 * csrc.length);
  head[0] = 0x80 | (packet.padding ? 0x20 : 0) | (packet.extension ? 0x10 : 0) | csrc.length;
  head[1] = (packet.marker ? 0x80 : 0) | (packet.payloadType ?? 0);
  head.writeUInt16BE(packet.sequence & 0xffff, 2);
  head.writeUInt32BE(packet.timestamp >>> 0, 4);
  head.writeUInt32BE(packet.ssrc ?? 0x1111, 8);
  csrc.forEach((each, index) => head.writeUInt32BE(each, 12 + 4 * index));
  const parts: Buffer[] = [head];
  if (packet.extension) {
    const start = Buffer.from([0xbe, 0xde, 0, packet.extension.length / 4]);
    parts.push(start, packet.extension);
  }
  parts.push(packet.payload);
  if (packet.padding) {
    const padding = Buffer.alloc(packet.padding);
    padding[packet.padding - 1] = packet.padding;
    parts.push(padding);
  }
  return Buffer.concat(parts);
}

function read(bytes: Buffer, from: RemoteInfo): Received {
  return {
    bytes,
    marker: bytes[1]! >= 0x80,
    payloadType: bytes[1]! & 0x7f,
    sequence: bytes.readUInt16BE(2),
    timestamp: bytes.readUInt32BE(4),
    ssrc: bytes.readUInt32BE(8),
    payload: bytes.subarray(12),
    atMs: performance.now(),
    from,
  };
}

async function bind(address: string): Promise<Socket> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  socket.bind(0, address);
  await once(socket, 'listening');
  return socket;
}

/** The far end of a media port: sends what it is told, and keeps all that comes. */
export class RtpParty {
  readonly heard: Received[] = [];
  readonly reports: Buffer[] = [];
  sequence = 1_000;
  timestamp = 5_000;
  ssrc = 0x1111;
  readonly #rtp: Socket;
  readonly #rtcp: Socket;
  readonly address: string;

  private constructor(address: string, rtpSocket: Socket, rtcpSocket: Socket) {
    this.address = address;
    this.#rtp = rtpSocket;
    this.#rtcp = rtcpSocket;
    rtpSocket.on('message', (bytes, from) => this.heard.push(read(bytes, from)));
    rtcpSocket.on('message', (bytes) => this.reports.push(bytes));
  }

  static async open(address = '127.0.0.1'): Promise<RtpParty> {
    return new RtpParty(address, await bind(address), await bind(address));
  }

  get port(): number {
    return this.#rtp.address().port;
  }

  get rtcpPort(): number {
    return this.#rtcp.address().port;
  }

  /** What this party and a port agree on: PCMU, telephone-event 101, 20 ms, both ways. */
  agreement(other: Partial<NegotiatedAudio> = {}): NegotiatedAudio {
    return {
      remote: { address: this.address, port: this.port, rtcpPort: this.rtcpPort },
      codec: { payload: 0, name: 'PCMU', clockRate: 8_000, channels: 1 },
      telephoneEvent: 101,
      ptime: 20,
      direction: 'sendrecv',
      rtcpMux: false,
      ...other,
    };
  }

  send(bytes: Buffer, port: number): void {
    this.#rtp.send(bytes, port, this.address);
  }

  sendReport(bytes: Buffer, port: number): void {
    this.#rtcp.send(bytes, port, this.address);
  }

  /** The next packet of its stream. */
  say(payload: Buffer, port: number, more: Partial<Packet> = {}): void {
    const { sequence, timestamp, ssrc } = this;
    this.send(rtp({ sequence, timestamp, ssrc, payload, ...more }), port);
    this.sequence = (sequence + 1) & 0xffff;
    this.timestamp = (timestamp + payload.length) >>> 0;
  }

  close(): void {
    this.#rtp.close();
    this.#rtcp.close();
  }
}

export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Polls until it holds. */
export async function until(holds: () => boolean, ms = 3_000): Promise<void> {
  const end = performance.now() + ms;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${String(holds)}`);
    await pause(2);
  }
}

/** Calls at 20 ms from the first call on, however late the timers are. */
export async function every20ms(times: number, each: (index: number) => void): Promise<void> {
  const start = performance.now();
  for (let index = 0; index < times; index += 1) {
    const wait = start + index * 20 - performance.now();
    if (wait > 0) await pause(wait);
    each(index);
  }
}
