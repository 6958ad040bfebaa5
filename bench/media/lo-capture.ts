import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Of a datagram as it lies in the capture: Ethernet 14, IPv4 20, UDP 8, RTP 12, then the stamp. */
const payloadAt = 14 + 20 + 8 + 12;
const mark = 0x52545021;

export interface InServer {
  readonly packets: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly lateOver20Ms: number;
  /** Came to the server's socket, and never left it. */
  readonly lost: number;
}

/**
 * How long packets are in the server, by the kernel's own times: each is seen on the loopback twice,
 * on its way in and on its way out. What keeps the callers from sending or reading does not count.
 */
export class LoCapture {
  readonly #directory = mkdtempSync(join(tmpdir(), 'callveil-capture-'));
  readonly #file = join(this.#directory, 'lo.pcap');
  readonly #process: ChildProcess;

  constructor() {
    const args = ['-i', 'lo', '-P', '-s', '80', '-B', '64', '-q', '-w', this.#file];
    this.#process = spawn('dumpcap', [...args, '-f', 'udp and greater 200'], { stdio: 'ignore' });
  }

  /** @param seconds of stamps by the callers' clock that count, after two to warm up. */
  async end(seconds: number): Promise<InServer> {
    const ended = new Promise((done) => this.#process.once('exit', done));
    this.#process.kill('SIGINT');
    await ended;
    try {
      return delays(readFileSync(this.#file), seconds);
    } finally {
      rmSync(this.#directory, { recursive: true });
    }
  }
}

function delays(pcap: Buffer, seconds: number): InServer {
  const nanoseconds = pcap.readUInt32LE(0) === 0xa1b23c4d;
  const cameAt = new Map<bigint, number>();
  const held: number[] = [];
  let firstMs: number | undefined;
  for (let at = 24; at + 16 <= pcap.length;) {
    const length = pcap.readUInt32LE(at + 8);
    const body = at + 16;
    const ms =
      pcap.readUInt32LE(at) * 1_000 + pcap.readUInt32LE(at + 4) / (nanoseconds ? 1e6 : 1e3);
    at = body + length;
    if (at > pcap.length || length < payloadAt + 16) continue;
    if (pcap.readUInt32BE(body + payloadAt + 4) !== mark) continue;
    firstMs ??= ms;
    const stamp = pcap.readBigUInt64BE(body + payloadAt + 8);
    const came = cameAt.get(stamp);
    if (came === undefined) {
      if (ms - firstMs >= 2_000 && ms - firstMs < 2_000 + seconds * 1_000) cameAt.set(stamp, ms);
      continue;
    }
    cameAt.delete(stamp);
    held.push(ms - came);
  }
  return summed(held, cameAt.size);
}

function summed(held: number[], lost: number): InServer {
  held.sort((one, other) => one - other);
  const at = (share: number): number =>
    Math.round((held[Math.floor(held.length * share)] ?? 0) * 10) / 10;
  const lateOver20Ms = held.filter((ms) => ms > 20).length;
  const packets = held.length + lost;
  return { packets, p50Ms: at(0.5), p99Ms: at(0.99), p999Ms: at(0.999), lateOver20Ms, lost };
}
