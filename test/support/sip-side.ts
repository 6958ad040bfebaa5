import { createRequire } from 'node:module';
import type { Trunk } from '../../src/domain/identity/trunk.js';
import { seconds } from '../../src/domain/time.js';
import type {
  DialListener,
  LegListener,
  SipCall,
  SipCallListener,
} from '../../src/flows/ports/sip.js';
import type { DrachtioMessage, DrachtioRequest } from '../../src/sip/drachtio.js';
import { EngineLink } from '../../src/sip/engine-link.js';
import { SipEdge } from '../../src/sip/sip-edge.js';
import { pbxTrunk, trunk } from './call-house.js';
import { FakeClock } from './fake-clock.js';
import { FakeEngine } from './fake-engine.js';
import { recordingLog, recordingMetrics } from './recording-telemetry.js';

const require = createRequire(import.meta.url);
const Message = require('drachtio-srf/lib/sip-parser/message') as new (
  raw: string,
) => DrachtioMessage;
const Request = require('drachtio-srf/lib/request') as new (
  message: DrachtioMessage,
  meta: object,
) => DrachtioRequest;

export interface InviteLines {
  readonly uri?: string;
  readonly callId?: string;
  /** Header lines; one named here replaces that of the ordinary INVITE, and an empty one takes it away. */
  readonly lines?: readonly string[];
  readonly body?: string;
}

/** An INVITE as the customer’s carrier sends it. */
export function invite({ uri, callId, lines = [], body = '' }: InviteLines = {}): string {
  const target = uri ?? 'sip:+14155550001@192.0.2.1';
  const nameOf = (line: string): string => line.slice(0, line.indexOf(':')).trim().toLowerCase();
  const replaced = new Set(lines.map(nameOf));
  const ordinary = [
    'Via: SIP/2.0/UDP 203.0.113.5;branch=z9hG4bKcarrier',
    'Max-Forwards: 70',
    'From: "Carla Customer" <sip:+14155550142@carrier.example>;tag=carriertag',
    `To: <${target}>`,
    `Call-ID: ${callId ?? 'call-of-carrier@203.0.113.5'}`,
    'CSeq: 1 INVITE',
    'Contact: <sip:+14155550142@203.0.113.5>',
    ...(body === '' ? [] : ['Content-Type: application/sdp']),
  ].filter((line) => !replaced.has(nameOf(line)));
  const given = lines.filter((line) => !/:\s*$/.test(line));
  const length = `Content-Length: ${Buffer.byteLength(body)}`;
  return `${[`INVITE ${target} SIP/2.0`, ...ordinary, ...given, length].join('\r\n')}\r\n\r\n${body}`;
}

/** What drachtio-srf hands over for a raw request. */
export function requestOf(raw: string, source = '203.0.113.5'): DrachtioRequest {
  return new Request(new Message(raw), {
    source: 'network',
    address: source,
    port: '5060',
    protocol: 'udp',
    receivedOn: '192.0.2.1:5060',
    transactionId: 'txn',
  });
}

export const messageOf = (raw: string): DrachtioMessage => new Message(raw);

/** The SIP side of the house on a real drachtio-srf, with an engine that the test plays. */
export interface SipSide {
  readonly engine: FakeEngine;
  readonly link: EngineLink;
  readonly clock: FakeClock;
  readonly log: ReturnType<typeof recordingLog>;
  readonly metrics: ReturnType<typeof recordingMetrics>;
  /** Calls that reached the house, oldest first. */
  readonly calls: SipCall[];
  /** How often the engine was lost. */
  lost: number;
  /** The next call that reaches the house, after this INVITE. */
  arrive(lines?: InviteLines, transaction?: string): Promise<SipCall>;
  close(): Promise<void>;
}

export async function sipSide(trunks: readonly Trunk[] = [trunk(), pbxTrunk()]): Promise<SipSide> {
  const engine = await FakeEngine.open();
  const clock = new FakeClock();
  const log = recordingLog();
  const metrics = recordingMetrics();
  const calls: SipCall[] = [];
  const address = { host: '127.0.0.1', port: engine.port, secret: 'cymru' };
  const lost = (): void => void (side.lost += 1);
  const link = new EngineLink({ address, log, metrics, clock, lost });
  const receive = (call: SipCall): Promise<void> => {
    calls.push(call);
    return Promise.resolve();
  };
  new SipEdge({ link, trunks, clock, log, metrics, receive }).listen();
  await link.connect(seconds(5));
  const side: SipSide = {
    engine,
    link,
    clock,
    log,
    metrics,
    calls,
    lost: 0,
    arrive: async (lines = {}, transaction = 'txn-caller') => {
      const known = calls.length;
      engine.deliver(invite(lines), transaction);
      return await eventually(() => calls[known]);
    },
    close: async () => {
      link.disconnect();
      await engine.close();
    },
  };
  return side;
}

/** What `look` finds, once it finds something. */
export async function eventually<T>(look: () => T | undefined): Promise<T> {
  const deadline = Date.now() + 2000;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error('it did not come to be');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Notes what is heard in a word or two. */
export function noting(): {
  readonly heard: string[];
  readonly call: SipCallListener;
  readonly dial: DialListener;
  readonly leg: (side: string) => LegListener;
} {
  const heard: string[] = [];
  const note = (text: string): void => void heard.push(text);
  return {
    heard,
    call: { cancelled: () => note('cancelled'), leaked: () => note('leaked') },
    dial: {
      progressed: (status) => note(`progressed ${status}`),
      answered: (_, sdp) => note(sdp === undefined ? 'answered without SDP' : 'answered'),
      failed: ({ reason }, status) => note(`failed ${reason} ${status ?? 'without status'}`),
    },
    leg: (side) => ({
      hungUp: ({ reason }) => note(`${side} hung up: ${reason}`),
      reinvited: () => note(`${side} reinvited`),
      updated: () => note(`${side} updated`),
      dtmf: ({ digit }) => note(`${side} dialed ${digit}`),
      acknowledged: () => note(`${side} acknowledged`),
    }),
  };
}
