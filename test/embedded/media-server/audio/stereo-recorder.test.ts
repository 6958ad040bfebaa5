import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeInto } from '../../../../src/embedded/media-server/audio/g711.js';
import { RecordingFile } from '../../../../src/embedded/media-server/audio/recording-file.js';
import { StereoRecorder } from '../../../../src/embedded/media-server/audio/stereo-recorder.js';
import { Dice } from '../../../fuzz/dice.js';
import { seed } from '../../../support/property-seed.js';
import { until } from '../rtp-party.js';
import { amplitudeAt, longestSilence, readStereo, sine, span } from '../wav.js';

const hertz = 400;
const whole = sine(hertz, 160 * 3_100);
const coded = Buffer.alloc(whole.length);
encodeInto('PCMA', whole, coded, 0);

/** Packets of a tone, which arrive when the test says. */
class Arrivals {
  readonly #recorder: StereoRecorder;
  readonly #startMs = performance.now();

  constructor(recorder: StereoRecorder) {
    this.#recorder = recorder;
  }

  /** @param atMs after the recording began. */
  say(packet: number, atMs: number, timestamp = packet * 160): void {
    const [start, end] = [packet * 160, packet * 160 + 160];
    const audio = { law: 'PCMA', bytes: coded, start, end, timestamp: timestamp >>> 0 } as const;
    this.#recorder.beat(this.#startMs + atMs);
    this.#recorder.say(audio, this.#startMs + atMs);
  }

  async end(atMs: number): Promise<void> {
    for (let beat = 0; beat < 60; beat += 1) this.#recorder.beat(this.#startMs + atMs + beat * 20);
    await this.#recorder.end();
  }
}

describe('what is recorded of a party', () => {
  let directory: string;
  let path: string;
  let recorder: StereoRecorder;
  let arrivals: Arrivals;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'recorder-'));
    path = join(directory, 'one.wav');
    recorder = await StereoRecorder.open(path, (error) => {
      throw error;
    });
    arrivals = new Arrivals(recorder);
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** The samples from the first that was said on. */
  const left = (): Int16Array => {
    const channel = readStereo(path).left;
    return channel.subarray(span(channel).first - 1);
  };
  const equalsTone = (heard: Int16Array, from: number, to: number): void => {
    for (let at = from; at < to; at += 1) {
      // A-law keeps twelve of the bits of what is loud.
      if (Math.abs(heard[at]! - whole[at]!) > 300) throw new Error(`sample ${at}: ${heard[at]}`);
    }
  };

  it('is what was said, sample by sample', async () => {
    for (let packet = 0; packet < 200; packet += 1) arrivals.say(packet, 100 + packet * 20);
    await arrivals.end(4_200);
    equalsTone(left(), 0, 200 * 160 - 2);
  });

  it('shows no jitter and no disorder', async () => {
    const dice = new Dice(seed);
    const order = Array.from({ length: 200 }, (_, packet) => ({
      packet,
      atMs: packet === 0 ? 100 : 100 + packet * 20 + dice.throw(90),
    })).sort((one, other) => one.atMs - other.atMs);
    for (const { packet, atMs } of order) arrivals.say(packet, atMs);
    await arrivals.end(4_400);
    equalsTone(left(), 0, 200 * 160 - 2);
  });

  it('shows none either when the first packet was the late one', async () => {
    for (let packet = 0; packet < 200; packet += 1) {
      arrivals.say(packet, packet === 0 ? 135 : 100 + packet * 20);
    }
    await arrivals.end(4_200);
    const heard = left();
    // It is moved back by ten milliseconds a second: never a hole.
    expect(longestSilence(heard, 0, 197 * 160)).toBeLessThan(20);
    equalsTone(heard, 0, 7_000);
  });

  it('is silence for as long as packets are missing, and goes on in its place', async () => {
    for (let packet = 0; packet < 100; packet += 1) {
      if (packet < 40 || packet >= 50) arrivals.say(packet, 100 + packet * 20);
    }
    await arrivals.end(2_200);
    const heard = left();
    equalsTone(heard, 0, 40 * 160);
    expect(heard.subarray(40 * 160, 50 * 160).every((sample) => sample === 0)).toBe(true);
    equalsTone(heard, 50 * 160, 100 * 160 - 2);
  });

  it('goes on when timestamps wrap around', async () => {
    for (let packet = 0; packet < 100; packet += 1) {
      arrivals.say(packet, 100 + packet * 20, 2 ** 32 - 8_000 + packet * 160);
    }
    await arrivals.end(2_200);
    equalsTone(left(), 0, 100 * 160 - 2);
  });

  it('goes on by the clock when timestamps begin anew', async () => {
    for (let packet = 0; packet < 100; packet += 1) {
      arrivals.say(packet, 100 + packet * 20, (packet < 50 ? 0 : 123_456_789) + packet * 160);
    }
    await arrivals.end(2_200);
    equalsTone(left(), 0, 100 * 160 - 2);
  });

  it('keeps to our clock when the party has another, without a gap over 20 ms', async () => {
    // One in a thousand, twenty times what RTP clocks may be off: 60 ms in a minute.
    const packets = 3_000;
    for (let packet = 0; packet < packets; packet += 1) {
      arrivals.say(packet, 100 + packet * 20.02);
      if (packet % 200 === 199) await until(() => statSync(path).size > (packet - 200) * 640);
    }
    await arrivals.end(100 + packets * 20.02);
    const channel = readStereo(path).left;
    const { first, last } = span(channel);
    expect(Math.abs(last - 8 * (100 + (packets - 1) * 20.02))).toBeLessThan(160);
    expect(longestSilence(channel, first, last)).toBeLessThan(160);
    for (let second = 1; second < 59; second += 1) {
      const stretch = channel.subarray(second * 8_000, second * 8_000 + 4_000);
      expect(amplitudeAt(stretch, hertz)).toBeGreaterThan(3_000);
    }
  });

  it('reaches the file within the second', async () => {
    for (let packet = 0; packet < 150; packet += 1) {
      arrivals.say(packet, 100 + packet * 20);
      if (packet % 10 !== 9) continue;
      await new Promise((done) => setTimeout(done, 5));
    }
    await new Promise((done) => setTimeout(done, 50));
    const { dataOctets } = readStereo(path);
    expect(dataOctets / 4).toBeGreaterThan((100 + 150 * 20 - 1_100) * 8);
    await arrivals.end(3_200);
  });
});

describe('the file of a recording', () => {
  it('is given up, and that is said once, when the disk does not keep up', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'recorder-'));
    const path = join(directory, 'one.wav');
    const faults: string[] = [];
    const file = await RecordingFile.open(path, ({ message }) => faults.push(message));
    for (let count = 0; count < 40; count += 1) file.append(Buffer.alloc(400));
    await file.close();
    expect(faults).toEqual(['the disk does not keep up with the recording']);
    const bytes = readFileSync(path);
    expect((bytes.length - 44) % 4).toBe(0);
    expect(bytes.readUInt32LE(40)).toBe(bytes.length - 44);
    rmSync(directory, { recursive: true });
  });
});
