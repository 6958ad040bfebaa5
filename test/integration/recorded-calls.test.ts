import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scan, secretNumber, secretText } from '../../src/phones/scan.js';
import { PEOPLE } from '../support/lab.js';
import { sleep } from '../support/media-legs.js';
import type { RtpPeer } from '../support/rtp-peer.js';
import { hears, PROMPT, RecordedLab, RINGBACK, spoken, VOICE } from '../support/recorded-lab.js';
import { cut, lengthOf, longestGap, silences, toneShare, type Wav } from '../support/wav.js';

const PAUSE = '*739182';
const GO_ON = '*739184';
/** Said only while a recording is paused, in Hz. */
const SECRET = 2150;

/** What a busy machine keeps a phone from sending in time is no gap of ours. */
const gapAllowed = (...peers: readonly RtpPeer[]): number =>
  21 + 2 * Math.max(...peers.map(({ late }) => late));

const press = async (peer: RtpPeer, keys: string): Promise<void> => {
  for (const key of keys) {
    await peer.press(key);
    await sleep(60);
  }
};

/**
 * The loudest that a tone is anywhere in a channel, in parts of 20 ms: 1 where it is all of a part
 * that is as loud as any. A few samples at the edge of a silence are of every pitch, but not loud.
 */
function loudest(wav: Wav, channel: number, hertz: number): number {
  const parts: { readonly share: number; readonly power: number }[] = [];
  for (let from = 0; from + 20 <= lengthOf(wav); from += 20) {
    const part = cut(wav, channel, { from, to: from + 20 });
    const power = part.reduce((sum, sample) => sum + sample * sample, 0);
    parts.push({ share: toneShare(part, wav.rate, hertz), power });
  }
  const most = Math.max(...parts.map(({ power }) => power));
  return Math.max(...parts.map(({ share, power }) => (share * power) / most));
}

describe('a call that is recorded', () => {
  let lab: RecordedLab;

  beforeAll(async () => {
    lab = await RecordedLab.open({ pause_code: PAUSE, start_code: GO_ON });
  }, 30_000);
  afterAll(() => lab.close());

  it('is so from when both have heard what they must and the agent has said yes', async () => {
    const call = await lab.answered();
    await Promise.all([
      hears(call.customer, PROMPT['consent-announce']),
      hears(call.agent, PROMPT['consent-opt-in']),
    ]);
    await hears(call.customer, RINGBACK);
    expect(await lab.recordings()).toEqual([]);
    await expect(lab.order(await lab.newestCallId(), 'start')).rejects.toThrow('too-early');
    await call.agent.press('1');
    await hears(call.agent, PROMPT['consent-thanks']);
    await hears(call.customer, VOICE.agent);
    await hears(call.agent, VOICE.customer);
    [call.customer.late, call.agent.late] = [0, 0];
    await sleep(1500);
    const allowed = gapAllowed(call.customer, call.agent);
    await lab.hangUp(call);
    const { row, wav } = await lab.heard();
    expect(row).toMatchObject({ reason: 'call-ended', consent: { a: 'announced', b: 'opted-in' } });
    const length = lengthOf(wav);
    expect(Math.abs(length - RecordedLab.lasted(row))).toBeLessThan(250);
    const talk = { from: length - 1400, to: length - 100 };
    expect(spoken(wav, 0, VOICE.customer, talk)).toBeGreaterThan(0.6);
    expect(spoken(wav, 1, VOICE.agent, talk)).toBeGreaterThan(0.6);
    expect(spoken(wav, 0, VOICE.agent, talk) + spoken(wav, 1, VOICE.customer, talk)).toBe(0);
    for (const channel of [0, 1]) expect(longestGap(wav, channel, talk)).toBeLessThan(allowed);
  });

  it('is not when the agent says no', async () => {
    const call = await lab.answered();
    await hears(call.agent, PROMPT['consent-opt-in']);
    const before = (await lab.recordings()).length;
    await call.agent.press('2');
    await hears(call.agent, PROMPT['consent-refused']);
    await hears(call.customer, VOICE.agent);
    await expect(lab.order(await lab.newestCallId(), 'start')).rejects.toThrow('not-agreed');
    await lab.hangUp(call);
    expect((await lab.recordings()).length).toBe(before);
  });

  it('has silence, and nothing of what was said, where API or code have paused it', async () => {
    const call = await lab.talking();
    const id = await lab.newestCallId();
    const aside = async (): Promise<void> => {
      call.customer.speak(SECRET);
      await hears(call.agent, SECRET);
      await sleep(500);
      call.customer.speak(VOICE.customer);
    };
    await sleep(300);
    await lab.order(id, 'pause');
    await aside();
    await lab.order(id, 'resume');
    await sleep(400);
    await press(call.agent, PAUSE);
    await expect.poll(async () => (await lab.recordings())[0]?.status).toBe('paused');
    await aside();
    await press(call.agent, GO_ON);
    await expect.poll(async () => (await lab.recordings())[0]?.status).toBe('recording');
    await sleep(500);
    await lab.hangUp(call);
    const { row, wav } = await lab.heard();
    const whole = { from: 0, to: lengthOf(wav) };
    expect(Math.abs(whole.to - RecordedLab.lasted(row))).toBeLessThan(250);
    // A single packet of it would fill half of a part at least, and half of that is the tone's.
    expect(loudest(wav, 0, SECRET)).toBeLessThan(0.15);
    expect(loudest(wav, 0, VOICE.customer)).toBeGreaterThan(0.8);
    for (const channel of [0, 1]) expect(silences(wav, channel, whole, 500)).toHaveLength(2);
  });

  it('goes on while it is held and nobody sends anything', { timeout: 40_000 }, async () => {
    const call = await lab.talking();
    const inactive = ({ sdp }: RtpPeer) => ({
      type: 'application/sdp',
      text: sdp.replace('sendrecv', 'inactive'),
    });
    call.callee.replies.set('INVITE', {
      status: 200,
      extras: { body: inactive(call.agent) },
    });
    const held = await call.caller.reinvite({ body: inactive(call.customer) });
    expect(held.body).toContain('a=inactive');
    for (const peer of [call.customer, call.agent]) peer.mute(true);
    await sleep(12_500);
    expect((await lab.recordings())[0]?.status).toBe('recording');
    await lab.hangUp(call);
    const { row, wav } = await lab.heard();
    expect(row.reason).toBe('call-ended');
    expect(Math.abs(lengthOf(wav) - RecordedLab.lasted(row))).toBeLessThan(1000);
  });

  it('leaves neither names nor digits in files, rows, answers and logs', async () => {
    const secrets = [
      secretNumber('the customer’s number', PEOPLE.customer),
      secretText('the agent’s extension', PEOPLE.agent),
      secretText('the pause code', PAUSE),
    ];
    const { daemon } = lab.lab;
    const files = readdirSync(daemon.directory, { recursive: true, withFileTypes: true });
    const kept = files.filter((entry) => entry.isFile() && entry.name !== 'callveil.yaml');
    expect(kept.filter(({ name }) => name.endsWith('.sealed'))).toHaveLength(3);
    for (const { parentPath, name } of kept) {
      expect(scan(readFileSync(join(parentPath, name)), secrets), name).toEqual([]);
    }
    const said = [
      ...daemon.lines,
      ...files.map(({ parentPath, name }) => join(parentPath, name)),
      JSON.stringify(await lab.recordings()),
      JSON.stringify(await daemon.api.calls()),
    ].join('\n');
    expect(scan(Buffer.from(said), secrets)).toEqual([]);
    expect(said).not.toMatch(/dtmf|"digits?"/i);
  });
});
