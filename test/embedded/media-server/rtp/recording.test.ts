import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeInto } from '../../../../src/embedded/media-server/audio/g711.js';
import { StereoRecorder } from '../../../../src/embedded/media-server/audio/stereo-recorder.js';
import { MediaLab, type Line } from '../media-lab.js';
import { every20ms, pause, until } from '../rtp-party.js';
import { amplitudeAt, longestSilence, readStereo, sine, span } from '../wav.js';

/** Packets of a tone that goes on from packet to packet. */
function voice(hertz: number): (packet: number) => Buffer {
  const whole = sine(hertz, 160 * 400);
  return (packet) => {
    const bytes = Buffer.alloc(160);
    encodeInto('PCMU', whole.subarray(packet * 160, (packet + 1) * 160), bytes, 0);
    return bytes;
  };
}

describe('a recording', () => {
  let lab: MediaLab;
  let directory: string;
  let path: string;
  let faults: Error[];
  const low = voice(400);
  const high = voice(1_000);

  beforeEach(() => {
    lab = new MediaLab();
    directory = mkdtempSync(join(tmpdir(), 'recording-'));
    path = join(directory, 'call.wav');
    faults = [];
  });
  afterEach(() => {
    lab.close();
    rmSync(directory, { recursive: true });
    expect(faults).toEqual([]);
  });

  const recorded = (line: Line) =>
    StereoRecorder.open(path, (error) => faults.push(error)).then((recorder) => {
      line.port.record(recorder);
      return recorder;
    });
  /** Both talk; the packets go on where those before ended. */
  const talk = (a: Line, b: Line, packets: number, first = 0) =>
    every20ms(packets, (index) => {
      a.party.say(low(first + index), a.port.localPort);
      b.party.say(high(first + index), b.port.localPort);
    });

  it('has the party on the left and what it hears on the right, without a gap', async () => {
    const [a, b] = [await lab.line(), await lab.line()];
    a.port.bridge(b.port);
    const recorder = await recorded(a);
    await pause(100);
    await talk(a, b, 75);
    await pause(60);
    await a.port.endRecording(recorder);
    const { left, right } = readStereo(path);
    for (const [channel, own, other] of [
      [left, 400, 1_000],
      [right, 1_000, 400],
    ] as const) {
      const { first, last } = span(channel);
      expect(last - first).toBeGreaterThan(75 * 160 - 100);
      expect(last - first).toBeLessThan(75 * 160 + 100);
      expect(longestSilence(channel, first, last)).toBeLessThan(20);
      // Over the whole stretch: a seam anywhere would take from the one and give to all others.
      expect(amplitudeAt(channel.subarray(first, last), own)).toBeGreaterThan(7_700);
      expect(amplitudeAt(channel.subarray(first, last), other)).toBeLessThan(30);
    }
    expect(Math.abs(span(left).first - span(right).first)).toBeLessThanOrEqual(160);
  });

  it('is as long as the time that passed, whatever was heard', async () => {
    const a = await lab.line({ direction: 'inactive' });
    const recorder = await recorded(a);
    const start = performance.now();
    await pause(1_000);
    await a.port.endRecording(recorder);
    const passed = (performance.now() - start) * 8;
    const { left, right } = readStereo(path);
    expect(Math.abs(left.length - passed)).toBeLessThan(480);
    expect(left.length).toBe(recorder.samples);
    expect(span(left).first).toBe(-1);
    expect(span(right).first).toBe(-1);
  });

  it('is a WAV file to others', async () => {
    const a = await lab.line();
    const recorder = await recorded(a);
    await pause(200);
    await a.port.endRecording(recorder);
    const told = spawnSync('soxi', [path], { encoding: 'latin1' }).stdout;
    expect(told).toMatch(/Channels\s+: 2/);
    expect(told).toMatch(/Sample Rate\s+: 8000/);
    expect(told).toMatch(/Precision\s+: 16-bit/);
  });

  it('cannot begin where no file can be made', async () => {
    await expect(
      StereoRecorder.open(join(directory, 'no', 'call.wav'), () => undefined),
    ).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('cannot begin on a full disk, and the call goes on', async () => {
    const [a, b] = [await lab.line(), await lab.line()];
    a.port.bridge(b.port);
    await expect(StereoRecorder.open('/dev/full', () => undefined)).rejects.toMatchObject({
      code: 'ENOSPC',
    });
    await talk(a, b, 5);
    await until(() => b.party.heard.length >= 5);
  });
});
