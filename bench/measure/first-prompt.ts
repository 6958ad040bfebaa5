import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Place } from '../systems/system.js';
import { Child } from './child.js';

const IP = 14;
const UDP = IP + 20;
const DELIVERY_MS = 1500;

/** From the answer to the first RTP packet after it, in ms, over all parties. */
export interface FirstPrompt {
  readonly parties: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Parties that were answered, and to whom nothing was sent. */
  readonly silent: number;
}

interface Frame {
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
  readonly payload: Buffer;
}

/**
 * Sees on loopback when each party was answered (the 200 as it left us for the caller, as it came in from
 * the callee) and when the first audio went to the port that the party had named.
 */
export class PromptCapture {
  readonly #child: Child;
  readonly #place: Place;

  private constructor(child: Child, place: Place) {
    this.#child = child;
    this.#place = place;
  }

  static async start(place: Place): Promise<PromptCapture> {
    const filter = `udp and (host ${place.carrier.host} or host ${place.pbx.host})`;
    const args = ['-i', 'lo', '-n', '-s', '2000', '-B', '32768', '-w', '-', filter];
    const { directory } = place;
    const child = new Child({ name: 'prompts', command: 'tcpdump', args, directory });
    await child.until(() => child.words().includes('listening on'), 5000);
    return new PromptCapture(child, place);
  }

  async stop(): Promise<FirstPrompt> {
    await sleep(DELIVERY_MS);
    await this.#child.stop();
    return judge(framesOf(readFileSync(this.#child.stdoutFile)), this.#place);
  }
}

function framesOf(file: Buffer): Frame[] {
  const frames: Frame[] = [];
  for (let at = 24; at + 16 <= file.length;) {
    const atMs = file.readUInt32LE(at) * 1000 + file.readUInt32LE(at + 4) / 1000;
    const end = at + 16 + file.readUInt32LE(at + 8);
    const frame = file.subarray(at + 16, end);
    at = end;
    if (frame.length < UDP + 8) continue;
    const host = (offset: number): string => frame.subarray(offset, offset + 4).join('.');
    const from = `${host(IP + 12)}:${frame.readUInt16BE(UDP)}`;
    const to = `${host(IP + 16)}:${frame.readUInt16BE(UDP + 2)}`;
    frames.push({ atMs, from, to, payload: frame.subarray(UDP + 8) });
  }
  return frames;
}

function judge(frames: readonly Frame[], place: Place): FirstPrompt {
  const parties = new Parties(place);
  for (const frame of frames) {
    if ((frame.payload[0] ?? 0) >> 6 === 2) parties.hear(frame);
    else parties.read(frame);
  }
  const { answered, heard } = parties;
  const waits = [...heard].map(([party, atMs]) => atMs - (answered.get(party) ?? atMs));
  waits.sort((a, b) => a - b);
  const at = (share: number): number =>
    waits[Math.max(0, Math.ceil(share * waits.length) - 1)] ?? 0;
  const silent = answered.size - heard.size;
  return { parties: waits.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1), silent };
}

/** Each is known by the address at which it hears. */
class Parties {
  readonly answered = new Map<string, number>();
  readonly heard = new Map<string, number>();
  /** Callers, by the Call-ID of their leg. */
  readonly #callers = new Map<string, string>();

  constructor(private readonly place: Place) {}

  hear({ atMs, to }: Frame): void {
    if (this.answered.has(to) && !this.heard.has(to)) this.heard.set(to, atMs);
  }

  read({ atMs, from, payload }: Frame): void {
    const { carrier, pbx } = this.place;
    const sip = payload.toString('latin1');
    const callId = /^Call-ID:\s*(\S+)/im.exec(sip)?.[1] ?? '';
    const port = /^m=audio (\d+)/m.exec(sip)?.[1] ?? '';
    if (sip.startsWith('INVITE') && from.startsWith(carrier.host)) {
      this.#callers.set(callId, `${carrier.host}:${port}`);
    }
    if (!sip.startsWith('SIP/2.0 200') || !/^CSeq:\s*\d+ INVITE/im.test(sip)) return;
    const ofPbx = from.startsWith(pbx.host);
    const party = ofPbx ? `${pbx.host}:${port}` : this.#callers.get(callId);
    if (party !== undefined && !this.answered.has(party)) this.answered.set(party, atMs);
  }
}
