import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decoded } from '../../../../src/embedded/media-server/audio/g711.js';
import { playSamples } from '../../../../src/embedded/media-server/audio/pcm-source.js';
import { StereoRecorder } from '../../../../src/embedded/media-server/audio/stereo-recorder.js';
import { Dice } from '../../../fuzz/dice.js';
import { seed } from '../../../support/property-seed.js';
import { until } from '../rtp-party.js';
import { SteppedLab, type SteppedLine } from '../stepped-lab.js';
import { longestSilence, readStereo, span } from '../wav.js';

const packets = 3_000;

const dice = new Dice(seed);
/** Noise, so that no stretch is like another; no sample of it is silence. */
const voice = (): Buffer =>
  Buffer.from(Uint8Array.from({ length: packets * 160 }, () => dice.throw(100)));

/** What a player makes of the packets, each where its timestamp says. */
function played(heard: readonly { timestamp: number; payload: Buffer }[]): Int16Array {
  const first = heard[0]?.timestamp ?? 0;
  const samples = new Int16Array(packets * 160 + 80_000);
  for (const { timestamp, payload } of heard) {
    const at = (timestamp - first) >>> 0;
    payload.forEach((code, index) => (samples[at + index] = decoded.PCMU[code] ?? 0));
  }
  return samples;
}

describe('a call recorded through bridge, unbridge, prompt and bridge again', () => {
  let lab: SteppedLab;
  let lines: readonly [SteppedLine, SteppedLine];
  let directory: string;
  let path: string;
  let recorder: StereoRecorder;
  const voices = [voice(), voice()] as const;
  const prompt = Int16Array.from(voice().subarray(0, 40_000), (code) => decoded.PCMU[code] ?? 0);

  beforeEach(async () => {
    lab = new SteppedLab();
    lines = [lab.line(), lab.line()];
    directory = mkdtempSync(join(tmpdir(), 'talk-'));
    path = join(directory, 'talk.wav');
    const fail = (error: Error): void => {
      throw error;
    };
    recorder = await StereoRecorder.open(path, fail, () => lab.clock.now());
    lines[0].port.record(recorder);
  });
  afterEach(() => {
    lab.metronome.stop();
    rmSync(directory, { recursive: true });
  });

  /** Everything that arrives, in its order: jitter of up to 40 ms but for the first of each. */
  const arrivals = () =>
    lines
      .flatMap((line, side) =>
        Array.from({ length: packets }, (_, index) => ({
          line,
          side,
          index,
          atMs: 1_100 + side * 7 + index * 20 + (index === 0 ? 0 : dice.throw(40)),
        })),
      )
      .sort((one, other) => one.atMs - other.atMs);

  const say = (line: SteppedLine, side: number, index: number): void => {
    const payload = (voices[side] ?? voices[0]).subarray(index * 160, index * 160 + 160);
    line.arrives({ sequence: index & 0xffff, timestamp: index * 160, ssrc: 5 + side, payload });
  };

  /** A minute of it; the thread is held up now and then. */
  const talk = async (longestStallMs: number): Promise<void> => {
    const [a, b] = lines;
    const scenes = [
      () => a.port.bridge(b.port),
      () => a.port.unbridge(),
      () => a.port.play(playSamples(prompt), () => undefined),
      () => a.port.bridge(b.port),
    ];
    let scene = 0;
    for (const { line, side, index, atMs } of arrivals()) {
      if (atMs >= 1_050 + scene * 3_000) scenes[scene++ % 4]?.();
      if (dice.throw(300) === 0) lab.heldUpUntil(atMs + dice.throw(longestStallMs));
      lab.clock.to(atMs);
      say(line, side, index);
      if (index % 200 === 0) await disk();
    }
    lab.clock.to(lab.clock.ms + 100);
    await a.port.endRecording(recorder);
  };
  const disk = (): Promise<void> =>
    until(() => readStereo(path).dataOctets / 4 >= 8 * (lab.clock.ms - 7_000));

  it.each([190, 900])(
    'has all that was said, and all that was heard, when ticks are late by up to %i ms',
    async (stallMs) => {
      await talk(stallMs);
      const { left, right } = readStereo(path);
      const said = span(left);
      expect(Math.abs(said.first - 640)).toBeLessThan(4);
      expect(longestSilence(left, said.first, said.last)).toBeLessThan(20);
      const whole = Int16Array.from(voices[0], (code) => decoded.PCMU[code] ?? 0);
      let differ = 0;
      for (let at = 0; at < packets * 160; at += 1) if (left[640 + at] !== whole[at]) differ += 1;
      expect(differ).toBe(0);
      // On the right is what reached the party, held to the clock by seams of ten milliseconds.
      const heard = played(lines[0].heard);
      expect(span(right).last).toBeGreaterThan(packets * 160 - 1_600);
      const { missing, steps } = compared(right, heard);
      expect(missing).toBeLessThan(25);
      for (const step of steps) expect(Math.abs(step)).toBeLessThanOrEqual(160);
      const gap = longestSilence(heard, span(heard).first, span(heard).last);
      expect(longestSilence(right, span(right).first, span(right).last)).toBeLessThan(gap + 84);
    },
  );

  it('is exact silence on both sides while it is masked, and nowhere else', async () => {
    const [a, b] = lines;
    a.port.bridge(b.port);
    const masked: number[] = [];
    for (const { line, side, index, atMs } of arrivals()) {
      if (index > 299) break;
      lab.clock.to(atMs);
      if (side === 0 && (index === 100 || index === 200)) {
        recorder.mask(index === 100);
        masked.push(recorder.samples);
      }
      say(line, side, index);
    }
    await a.port.endRecording(recorder);
    const { left, right } = readStereo(path);
    const [from, to] = masked as [number, number];
    expect(to - from).toBeGreaterThan(99 * 160 - 320);
    for (const channel of [left, right]) {
      expect(channel.subarray(from, to).every((sample) => sample === 0)).toBe(true);
      expect(longestSilence(channel, 800, from)).toBe(0);
      expect(longestSilence(channel, to, 300 * 160)).toBe(0);
    }
  });
});

/** Frames of what was heard that are not in the recording as they were, and how others moved. */
function compared(right: Int16Array, heard: Int16Array): { missing: number; steps: number[] } {
  const steps: number[] = [];
  let missing = 0;
  let shift = span(right).first - span(heard).first;
  for (let at = 0; at + 160 <= heard.length; at += 160) {
    const frame = heard.subarray(at, at + 160);
    const fits = (by: number): boolean =>
      frame.every((sample, index) => right[at + by + index] === sample);
    if (span(frame).first === -1 || fits(shift)) continue;
    const moved = Array.from({ length: 960 }, (_, by) => shift - 480 + by).find(fits);
    if (moved === undefined) missing += 1;
    else steps.push(moved - shift);
    shift = moved ?? shift;
  }
  return { missing, steps };
}
