/**
 * A child of bench/media-ports.ts: opens pairs of ports of the embedded media server, tells where
 * they are, and bridges them when it is told where the callers are. Each line is one JSON value.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { StereoRecorder } from '../../src/embedded/media-server/audio/stereo-recorder.js';
import { takePrecedence } from '../../src/embedded/media-server/precedence.js';
import { MediaPort } from '../../src/embedded/media-server/rtp/media-port.js';
import { Metronome } from '../../src/embedded/media-server/rtp/metronome.js';
import { PortPool } from '../../src/embedded/media-server/rtp/port-pool.js';
import { CALLERS_HOST } from './marked-packet.js';

interface Wish {
  readonly calls: number;
  readonly lowest: number;
  readonly gatherMs: number;
  /** Directory of the recordings; undefined: none are made. */
  readonly record?: string;
}

const codec = { payload: 0, name: 'PCMU', clockRate: 8_000, channels: 1 };
const metronome = new Metronome();
const ports: MediaPort[] = [];
const faults: string[] = [];

async function open(wish: Wish): Promise<void> {
  const { lowest, gatherMs, calls } = wish;
  const highest = lowest + 4 * calls + 3;
  const pool = new PortPool({ address: '127.0.0.1', lowest, highest, gatherMs });
  const options = { metronome, deadMediaMs: 0, inbandDigits: false };
  const listener = { digit: () => undefined, timedOut: () => undefined };
  for (let count = 0; count < 2 * calls; count += 1) {
    ports.push(await MediaPort.open(pool, options, listener));
  }
  say(ports.map(({ localPort }) => localPort));
}

async function bridge(wish: Wish, remotes: readonly number[]): Promise<void> {
  for (const [index, port] of ports.entries()) {
    const remotePort = remotes[index] ?? 0;
    const remote = { address: CALLERS_HOST, port: remotePort, rtcpPort: 9 };
    const direction = 'sendrecv';
    port.agree({ remote, codec, telephoneEvent: 101, ptime: 20, direction, rtcpMux: false });
    if (index % 2 === 0) continue;
    const first = ports[index - 1];
    first?.bridge(port);
    if (wish.record !== undefined) {
      const path = join(wish.record, `${index}.wav`);
      first?.record(await StereoRecorder.open(path, (error) => faults.push(error.message)));
    }
  }
  say('bridged');
}

function say(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

// As the thread of a media server does.
takePrecedence();
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
let asked: Wish | undefined;
for await (const line of createInterface({ input: process.stdin })) {
  const value = JSON.parse(line) as Wish | readonly number[] | 'end';
  if (value === 'end') break;
  if (asked === undefined) await open((asked = value as Wish));
  else await bridge(asked, value as readonly number[]);
}
const strangers = ports.reduce((sum, port) => sum + port.stats().packetsOfStrangers, 0);
for (const port of ports) port.close();
say({ faults, strangers, loopDelayMs: { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 } });
metronome.stop();
process.exit(0);
