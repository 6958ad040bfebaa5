/**
 * A child of bench/media-ports.ts, or beside any other media server: callers that each send G.711 of
 * 20 ms to where a description told them to, and time what comes back from the caller at the other
 * end. First line in: how many; out: their ports. Second line in: for each caller the address it
 * sends to, and seconds; out, when over: what came and how late. Callers 2n and 2n+1 hear each other.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { CALLERS_HOST, MARK, MARK_AT, writeMarks } from './marked-packet.js';

interface Run {
  readonly targets: readonly { readonly address: string; readonly port: number }[];
  readonly seconds: number;
  /** 0: PCMU, 8: PCMA. */
  readonly payloadType?: number;
}

/** Two seconds in which buffers fill and code gets warm do not count. */
const warmUpMs = 2_000;
/** Packets are told apart by caller and time, so a stamp needs no more than this. */
const histogram = new Uint32Array(5_000);

async function open(count: number): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, () =>
    createSocket({
      type: 'udp4',
      recvBufferSize: 262_144,
      lookup: (host, _, done) => done(null, host, 4),
    }),
  );
  for (const socket of sockets) {
    // Numeric addresses are bound at once, before anybody could wait for it.
    const bound = once(socket, 'listening');
    socket.bind(0, CALLERS_HOST);
    await bound;
  }
  return sockets;
}

async function run(
  sockets: readonly Socket[],
  { targets, seconds, payloadType = 0 }: Run,
): Promise<object> {
  let [sent, came, others] = [0, 0, 0];
  let countFrom = Infinity;
  let countTo = Infinity;
  for (const socket of sockets) {
    socket.on('message', (bytes) => {
      if (bytes.length !== 172 || bytes.readUInt32BE(MARK_AT) !== MARK) {
        others += 1;
        return;
      }
      const stamp = bytes.readDoubleBE(MARK_AT + 4);
      if (stamp < countFrom || stamp >= countTo) return;
      came += 1;
      const tenths = Math.min(histogram.length - 1, Math.floor((performance.now() - stamp) * 10));
      histogram[tenths] = (histogram[tenths] ?? 0) + 1;
    });
  }
  const packets = sockets.map((_, index) => packetOf(index, payloadType));
  const start = performance.now();
  countFrom = start + warmUpMs;
  countTo = countFrom + seconds * 1_000;
  const end = countTo + 100;
  const perMs = sockets.length / 20;
  let due = 0;
  for (let now = start; now < end; now = performance.now()) {
    // The callers take turns within each 20 ms, as unrelated telephones do.
    for (const until = (now - start) * perMs; due < until; due += 1) {
      const index = due % sockets.length;
      const [socket, packet, target] = [sockets[index], packets[index], targets[index]];
      if (socket === undefined || packet === undefined || target === undefined) continue;
      const stamp = performance.now();
      advance(packet, stamp);
      writeMarks(packet, { caller: index, count: Math.floor(due / sockets.length) });
      socket.send(packet, target.port, target.address);
      if (stamp >= countFrom && stamp < countTo) sent += 1;
    }
    await new Promise((done) => setTimeout(done, 1));
  }
  await new Promise((done) => setTimeout(done, 500));
  return { sent, came, others, ...latency(came) };
}

function packetOf(caller: number, payloadType: number): Buffer {
  const packet = Buffer.alloc(172, 0xd5);
  packet[0] = 0x80;
  packet[1] = payloadType;
  packet.writeUInt32BE(1_000 + caller, 8);
  packet.writeUInt32BE(MARK, MARK_AT);
  return packet;
}

function advance(packet: Buffer, stamp: number): void {
  packet.writeUInt16BE((packet.readUInt16BE(2) + 1) & 0xffff, 2);
  packet.writeUInt32BE((packet.readUInt32BE(4) + 160) >>> 0, 4);
  packet.writeDoubleBE(stamp, MARK_AT + 4);
}

function latency(total: number): object {
  const at = (share: number): number => {
    let seen = 0;
    const index = histogram.findIndex((count) => (seen += count) >= total * share);
    return index / 10;
  };
  const late = histogram.subarray(200).reduce((sum, count) => sum + count, 0);
  return { p50Ms: at(0.5), p99Ms: at(0.99), p999Ms: at(0.999), lateOver20Ms: late };
}

let sockets: Socket[] | undefined;
for await (const line of createInterface({ input: process.stdin })) {
  const value = JSON.parse(line) as number | Run;
  if (typeof value === 'number') {
    sockets = await open(value);
    say(sockets.map((socket) => socket.address().port));
  } else {
    say(await run(sockets ?? [], value));
    break;
  }
}
process.exit(0);

function say(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
