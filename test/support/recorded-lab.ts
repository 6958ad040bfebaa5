import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { IncomingCall } from '../../src/phones/incoming-call.js';
import type { OutgoingCall } from '../../src/phones/outgoing-call.js';
import { Lab } from './lab.js';
import { chooseMedia } from './media-engine.js';
import { RtpPeer } from './rtp-peer.js';
import { cut, readWav, toneShare, toneWav, type Stretch, type Wav } from './wav.js';

/** What each prompt sounds like here, in Hz: so it can be told which one a party hears. */
export const PROMPT = {
  'consent-announce': 700,
  'consent-opt-in': 900,
  'consent-thanks': 1500,
  'consent-refused': 1700,
  'consent-ended': 1900,
} as const;

/** What each party says all the time, in Hz. */
export const VOICE = { customer: 530, agent: 1130 } as const;

/** One of the two tones of ringback in the US. */
export const RINGBACK = 440;

export interface RecordingRow {
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
  readonly consent: { readonly a: string | null; readonly b: string | null };
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly duration_ms: number | null;
}

/** A call of the customer to the agent, both with audio. */
export interface SoundingCall {
  readonly caller: OutgoingCall;
  readonly callee: IncomingCall;
  readonly customer: RtpPeer;
  readonly agent: RtpPeer;
}

/** A daemon that records, between two parties who speak. The customer is told, the agent is asked. */
export class RecordedLab {
  readonly #peers: RtpPeer[] = [];

  private constructor(
    readonly lab: Lab,
    private readonly directory: string,
  ) {}

  static async open(recording: object, consent: object = {}): Promise<RecordedLab> {
    const directory = mkdtempSync(join(tmpdir(), 'callveil-recorded-'));
    const prompts = join(directory, 'prompts');
    mkdirSync(join(prompts, 'en'), { recursive: true });
    for (const [name, hertz] of Object.entries(PROMPT)) {
      writeFileSync(join(prompts, 'en', `${name}.wav`), toneWav(500, [hertz]));
    }
    const lab = await Lab.open({
      media: chooseMedia(directory).media ?? { rtp: { address: '127.0.0.1' } },
      prompts: { dir: prompts },
      carrier: { media: 'anchored' },
      pbx: { media: 'anchored' },
      tenant: {
        recording: { mode: 'always', ...recording },
        consent: { customer: { mode: 'announce' }, agent: { mode: 'opt-in' }, ...consent },
      },
    });
    return new RecordedLab(lab, directory);
  }

  async close(): Promise<void> {
    for (const peer of this.#peers) peer.close();
    await this.lab.close();
    rmSync(this.directory, { recursive: true });
  }

  /** Both have answered; each hears its prompt now. */
  async answered(): Promise<SoundingCall> {
    const [customer, agent] = [await RtpPeer.open(), await RtpPeer.open()];
    this.#peers.push(customer, agent);
    const caller = this.lab.customerCalls({ body: described(customer) });
    const callee = await this.lab.pbx.nextCall();
    callee.ring();
    agent.sendTo(callee.invite.body);
    agent.speak(VOICE.agent);
    callee.answer({ body: described(agent) });
    customer.speak(VOICE.customer);
    customer.sendTo((await caller.answered()).body);
    await callee.acked();
    return { caller, callee, customer, agent };
  }

  /** Both have met what was asked, and hear each other. */
  async talking(): Promise<SoundingCall> {
    const call = await this.answered();
    await hears(call.agent, PROMPT['consent-opt-in']);
    await call.agent.press('1');
    await hears(call.customer, VOICE.agent);
    await hears(call.agent, VOICE.customer);
    return call;
  }

  async hangUp({ caller, callee }: SoundingCall): Promise<void> {
    const bye = caller.request('BYE');
    await callee.expect('BYE');
    await bye.final();
  }

  async recordings(): Promise<readonly RecordingRow[]> {
    const page = await this.lab.daemon.api.request('GET', '/v1/recordings?limit=100');
    return (page as { data: RecordingRow[] }).data;
  }

  /** What the row says of its length, in ms. */
  static lasted({ started_at, ended_at }: RecordingRow): number {
    return Date.parse(ended_at ?? '') - Date.parse(started_at);
  }

  async newestCallId(): Promise<string> {
    return (await this.lab.daemon.api.calls())[0]?.id ?? '';
  }

  order(callId: string, action: 'start' | 'pause' | 'resume' | 'stop'): Promise<unknown> {
    return this.lab.daemon.api.request('POST', `/v1/calls/${callId}/recording`, { action });
  }

  /** The newest recording, once it can be heard. */
  async heard(timeout = 8000): Promise<{ readonly row: RecordingRow; readonly wav: Wav }> {
    const newest = async (): Promise<RecordingRow | undefined> => (await this.recordings())[0];
    await expect.poll(async () => (await newest())?.status, { timeout }).toBe('available');
    const row = await newest();
    if (row === undefined) throw new Error('there is no recording');
    const bytes = await this.lab.daemon.api.file(`/v1/recordings/${row.id}/media`);
    return { row, wav: readWav(bytes) };
  }
}

/** How much of a stretch one tone is all that is heard in a channel, in parts of 100 ms: 0 to 1. */
export function spoken(wav: Wav, channel: number, hertz: number, { from, to }: Stretch): number {
  let [parts, of] = [0, 0];
  for (let at = from; at + 100 <= to; at += 100) {
    of += 1;
    if (toneShare(cut(wav, channel, { from: at, to: at + 100 }), wav.rate, hertz) > 0.6) parts += 1;
  }
  return parts / of;
}

const described = (peer: RtpPeer): { type: string; text: string } => ({
  type: 'application/sdp',
  text: peer.sdp,
});

/** A tone is most of what a party hears now, or comes to be so soon. */
export async function hears(peer: RtpPeer, hertz: number, timeout = 5000): Promise<void> {
  await expect.poll(() => peer.share(hertz, 100), { timeout, interval: 20 }).toBeGreaterThan(0.35);
}
