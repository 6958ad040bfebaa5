import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordedCall } from '../../src/cli/demo/recorded-call.js';
import { runDemo } from '../../src/cli/demo/run-demo.js';
import { longestGap, readWav, silences } from '../support/wav.js';

const run = promisify(execFile);
const ENTRY = join(import.meta.dirname, '../../dist/main.js');
const SABOTAGED = join(import.meta.dirname, '../support/sabotaged-daemon.js');

interface Shown {
  ok: boolean;
  calls: { name: string; ok: boolean; result: string; legs: Record<string, unknown>[] }[];
  leaks: { seen_by: string; what: string }[];
  read: Record<string, Record<string, number>>;
  recording: { wav: string; png: string } | null;
  cdrs: Record<string, unknown>[];
}

let place: string;
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'callveil-test-demo-'));
});
afterAll(() => rmSync(place, { recursive: true }));

describe('callveil demo', () => {
  it('runs every call as told, leaves a recording to listen to, and nothing else', async () => {
    const TMPDIR = mkdtempSync(join(tmpdir(), 'callveil-test-demo-'));
    const env = { ...process.env, TMPDIR };
    const out = join(place, 'all');
    const { stdout } = await run(process.execPath, [ENTRY, 'demo', '--json', '--out', out], {
      env,
    });
    const shown = JSON.parse(stdout) as Shown;
    expect(shown.leaks).toEqual([]);
    expect(shown.calls.map(({ name, result }) => [name, result])).toEqual([
      ['customer-call', 'answered, the customer hung up'],
      ['agent-callback', 'answered, not recorded, the customer hung up'],
      ['cancel', 'cancelled (487 Request Terminated)'],
      ['expired-session', expect.stringContaining('refused (480')],
      ['emergency', expect.stringContaining('refused (403')],
    ]);
    expect(shown.calls.map((call) => call.legs.length)).toEqual([2, 2, 2, 1, 1]);
    expect(shown.cdrs.map((leg) => leg.consent_outcome)).toEqual(
      ['opted-in', 'announced', 'announced', 'refused', null, null, null, null], // prettier-ignore
    );
    expect(shown.cdrs.filter((leg) => leg.recording_id !== null)).toHaveLength(2);
    for (const side of ['customer', 'agent']) {
      for (const kind of ['sip', 'rtp', 'rtcp'])
        expect(shown.read[side]?.[kind]).toBeGreaterThan(0);
    }
    expect(shown.ok).toBe(true);
    expect(readdirSync(TMPDIR)).toEqual([]);
    rmSync(TMPDIR, { recursive: true });

    const { wav, png } = shown.recording!;
    expect(readdirSync(out).sort()).toEqual(['recording.png', 'recording.wav']);
    expect(statSync(wav).mode & 0o777).toBe(0o600);
    expect(readFileSync(png).subarray(1, 4).toString()).toBe('PNG');
    const sound = readWav(readFileSync(wav));
    expect(sound.channels).toHaveLength(2);
    // The card is read out for a second; nothing of it is on either channel.
    const whole = { from: 0, to: 60_000 };
    expect(silences(sound, 0, whole, 1000)).not.toEqual([]);
    expect(longestGap(sound, 1, whole)).toBeGreaterThan(1000);
  }, 60_000);

  it('draws the recording in plain text of at most 100 columns when it is no terminal', async () => {
    let text = '';
    const keepIn = join(place, 'drawn');
    const scenes = [recordedCall];
    const out = { write: (more: string) => void (text += more) };
    expect(await runDemo({ json: false, keepIn, entry: ENTRY, scenes }, out), text).toBe(0);
    expect(text).not.toContain('\x1b[');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    for (const words of ['prompts', 'paused', 'tape, left', '⣿', 'What to do next']) {
      expect(text).toContain(words);
    }
  }, 60_000);

  it.each([
    ['silent', 'not so: the customer heard its prompt'],
    ['leaky', 'no recording runs'],
  ])(
    'is red when the daemon is %s',
    async (how, why) => {
      let text = '';
      process.env.CALLVEIL_SABOTAGE = how;
      const out = { write: (more: string) => void (text += more) };
      const scenes = [recordedCall];
      const options = { json: true, keepIn: join(place, how), entry: SABOTAGED, scenes };
      expect(await runDemo(options, out)).toBe(1);
      const shown = JSON.parse(text) as Shown;
      expect(shown.ok).toBe(false);
      expect(shown.calls[0]?.result).toContain(why);
      const leaks = shown.leaks.map(({ seen_by, what }) => `${seen_by}: ${what}`);
      if (how !== 'leaky') expect(leaks).toEqual([]);
      else {
        expect(leaks).toContain("customer: the agent's media address");
        expect(leaks).toContain("agent: the customer's media address");
        expect(leaks).toContain("agent: the customer's RTP port");
        expect(leaks).toContain("agent: the customer's SSRC");
        expect(leaks).toContain("agent: the customer's CNAME");
      }
    },
    60_000,
  );
});
