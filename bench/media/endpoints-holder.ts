/**
 * A child of the media mode: opens calls on a media server by src/media, as the daemon does, and keeps
 * them. The embedded server is a thread of this process, a FreeSWITCH is told where it is. First line
 * in: what to open and where the callers are; out: where each of them has to send. Then `end`.
 */
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openMediaSide, serverSettings } from '../../test/support/media-side.js';
import type { launchMediaServer as Launch } from '../../src/embedded/media-server/index.js';
import type { MediaEndpoint, MediaServers } from '../../src/flows/ports/media.js';
import type { FreeSwitchAddress } from './freeswitch.js';
import { CALLERS_HOST } from './marked-packet.js';

export interface HoldWish {
  /** Undefined: the embedded one. */
  readonly freeswitch: FreeSwitchAddress | undefined;
  /** Ports of the callers; 2n and 2n+1 hear each other. */
  readonly callers: readonly number[];
  /** Directory of the recordings; undefined: none are made. */
  readonly record: string | undefined;
  readonly lowestPort: number;
}

export interface Target {
  readonly address: string;
  readonly port: number;
}

const PCMU = { payload: 0, name: 'PCMU', clockRate: 8000, channels: undefined, fmtp: undefined };
const EVENTS = { ...PCMU, payload: 101, name: 'telephone-event', fmtp: '0-15' };
const SERVER = join(import.meta.dirname, '../../dist/embedded/media-server/index.js');
const faults: string[] = [];
const listener = { digit: () => undefined, lost: (why: string) => void faults.push(why) };

async function launch({ callers, record, lowestPort }: HoldWish): Promise<FreeSwitchAddress> {
  // Compiled, as it is in production.
  const { launchMediaServer } = (await import(SERVER)) as { launchMediaServer: typeof Launch };
  const esl = { host: '127.0.0.1', port: 0, password: 'of the bench' };
  const { eslPort } = await launchMediaServer({
    esl,
    sip: { address: '127.0.0.1', port: 0 },
    rtp: { address: '127.0.0.1', lowestPort, highestPort: lowestPort + 2 * callers.length + 3 },
    sounds: [],
    recordings: record === undefined ? [] : [record],
  });
  return { ...esl, port: eslPort };
}

/** The first of a call's callers calls, the second is called. */
async function openCall(
  servers: MediaServers,
  [caller = 0, callee = 0]: readonly number[],
  recording: string | undefined,
): Promise<Target[]> {
  const request = { codecs: [PCMU, EVENTS], listener };
  const server = servers.choose();
  const [first, second] = await Promise.all([
    server.openEndpoint({ ...request, remoteSdp: description(caller) }),
    server.openEndpoint({ ...request, remoteSdp: undefined }),
  ]);
  const agreed = await second.modify(description(callee));
  await first.bridge(second);
  if (recording !== undefined) await first.record(recording);
  endpoints.push(first, second);
  return [first.localSdp, agreed].map(targetOf);
}

function description(port: number): string {
  const at = `IN IP4 ${CALLERS_HOST}`;
  const session = ['v=0', `o=- 7 1 ${at}`, 's=-', `c=${at}`, 't=0 0'];
  const audio = [`m=audio ${port} RTP/AVP 0 101`, 'a=rtpmap:0 PCMU/8000'];
  const events = ['a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-15', 'a=ptime:20'];
  return [...session, ...audio, ...events, 'a=sendrecv', ''].join('\r\n');
}

function targetOf(sdp: string): Target {
  const address = /^c=IN IP4 (\S+)/m.exec(sdp)?.[1] ?? '';
  return { address, port: Number(/^m=audio (\d+)/m.exec(sdp)?.[1]) };
}

const say = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);

const endpoints: MediaEndpoint[] = [];
for await (const line of createInterface({ input: process.stdin })) {
  const wish = JSON.parse(line) as HoldWish | 'end';
  if (wish === 'end') break;
  const address = wish.freeswitch ?? (await launch(wish));
  const { servers } = await openMediaSide([serverSettings(address, { maxEndpoints: 1_000 })]);
  const targets: Target[] = [];
  for (let n = 0; n < wish.callers.length; n += 2) {
    const recording = wish.record && join(wish.record, `${n}.wav`);
    targets.push(...(await openCall(servers, wish.callers.slice(n, n + 2), recording)));
  }
  say(targets);
}
const before = faults.length;
for (const endpoint of endpoints) endpoint.release();
// The server hangs up in its own time.
await new Promise((resolve) => setTimeout(resolve, 1_500));
say(faults.slice(0, before));
process.exit(0);
