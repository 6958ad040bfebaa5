import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/** Packets of a tone, which arrive when the test says: no other clock runs. */
class Arrivals {
  readonly clock = { ms: 0 };
  recorder!: StereoRecorder;

  /** @param atMs after the recording began. */
  say(packet: number, atMs: number, timestamp = packet * 160): void {
    const [start, end] = [packet * 160, packet * 160 + 160];
    const audio = { law: 'PCMA', bytes: coded, start, end, timestamp: timestamp >>> 0 } as const;
    this.at(atMs);
    this.recorder.say(audio, atMs);
  }

  /** The beats up to this moment. */
  at(atMs: number): void {
    for (let beat = 20 * Math.ceil((this.clock.ms + 1) / 20); beat <= atMs; beat += 20)
      this.recorder.beat(beat);
    this.clock.ms = Math.max(this.clock.ms, atMs);
  }

  /** Timers go first when the thread gets on: the beats that are made up for, then the packets. */
  heldUp(fromMs: number, toMs: number): void {
    this.at(fromMs);
    this.clock.ms = Math.max(fromMs, toMs - 200);
    this.at(toMs);
  }

  /** So that the disk keeps up with a clock that runs as fast as it can. */
  async breathe(): Promise<void> {
    const octets = 32 * (this.clock.ms - 5_000);
    await until(() => statSync(this.recorder.path).size > octets);
  }

  async end(atMs: number): Promise<void> {
    this.at(atMs);
    await this.recorder.end();
  }
}

/** Stretches of it; those of a tone's zero crossings do not count. */
function silences(samples: Int16Array, from: number, to: number): number[] {
  const found: number[] = [];
  for (let at = from; at < to; at += 1) {
    let length = 0;
    while (at + length < to && samples[at + length] === 0) length += 1;
    if (length > 100) found.push(length);
    at += length;
  }
  return found;
}

describe('what is recorded of a party', () => {
  let directory: string;
  let path: string;
  let arrivals: Arrivals;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'recorder-'));
    path = join(directory, 'one.wav');
    arrivals = new Arrivals();
    const fail = (error: Error): void => {
      throw error;
    };
    arrivals.recorder = await StereoRecorder.open(path, fail, () => arrivals.clock.ms);
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
    equalsTone(left(), 0, 200 * 160 - 2);
    expect(span(readStereo(path).left).first).toBeLessThan(8 * 80 + 4);
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
      if (packet % 200 === 199) await arrivals.breathe();
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

  it('loses nothing when our thread was held up, for two seconds even', async () => {
    let busyUntil = 0;
    for (let packet = 0; packet < 1_500; packet += 1) {
      const atMs = 100 + packet * 20;
      const stall = { 0: 700, 100: 190, 300: 450, 600: 1_000, 900: 2_000 }[packet];
      if (stall !== undefined) {
        busyUntil = atMs + stall;
        arrivals.heldUp(atMs, busyUntil);
      }
      arrivals.say(packet, Math.max(atMs, busyUntil));
      if (packet % 200 === 199) await arrivals.breathe();
    }
    await arrivals.end(100 + 1_500 * 20);
    equalsTone(left(), 0, 1_500 * 160 - 2);
    expect(Math.abs(span(readStereo(path).left).first - 640)).toBeLessThan(10);
  });

  it('keeps its place when a party was held up, and sent in one go what it had', async () => {
    for (let packet = 0; packet < 400; packet += 1) {
      const heldUp = packet >= 200 && packet < 225;
      arrivals.say(packet, 100 + (heldUp ? 225 : packet) * 20);
    }
    await arrivals.end(8_200);
    equalsTone(left(), 0, 400 * 160 - 2);
  });

  it.each([300, 500, 2_000, 8_000])(
    'stands still with a clock that stood still for %i ms, and goes on by ours',
    async (ms) => {
      for (let packet = 0; packet < 100; packet += 1)
        arrivals.say(packet, 100 + packet * 20 + (packet < 50 ? 0 : ms));
      await arrivals.end(2_200 + ms);
      const channel = readStereo(path).left;
      const { first, last } = span(channel);
      expect(Math.abs(last - 8 * (80 + 100 * 20 + ms))).toBeLessThan(160);
      equalsTone(channel.subarray(first - 1), 0, 50 * 160);
      // Twenty milliseconds may be missing where it went on.
      const silent = longestSilence(channel, first, last);
      expect(silent).toBeGreaterThan(8 * ms - 20);
      expect(silent).toBeLessThanOrEqual(8 * ms + 164);
    },
  );

  it.each([2_400, 16_000, 2 ** 31 - 1, -8_001, -(2 ** 31)])(
    'has no gap where the timestamp leaps by %i while the party talks on',
    async (leap) => {
      for (let packet = 0; packet < 3_000; packet += 1) {
        const leaps = packet < 1_000 ? 0 : packet < 2_000 ? leap : 2 * leap;
        arrivals.say(packet, 100 + packet * 20, 77 + packet * 160 + leaps);
        if (packet % 200 === 199) await arrivals.breathe();
      }
      await arrivals.end(100 + 3_000 * 20);
      equalsTone(left(), 0, 3_000 * 160 - 2);
    },
  );

  it('has neither gap nor drift in minutes of jitter, late ticks, loss and leaps', async () => {
    const dice = new Dice(seed);
    const packets = 9_000;
    let busyUntil = 0;
    const leaps = dice.many(6, 6, () => dice.throw(2 ** 31));
    // A stream has ended before the timestamps leap: its last packets do not come after the leap.
    const arrivesAt = (index: number): number =>
      100 + index * 20 + (index % 1_500 > 1_496 ? 0 : dice.throw(60));
    const order = Array.from({ length: packets }, (_, index) => ({ index, atMs: arrivesAt(index) }))
      .filter(({ index }) => index % 100 !== 57)
      .sort((one, other) => one.atMs - other.atMs);
    for (const { index, atMs } of order) {
      if (atMs > busyUntil && dice.throw(400) === 0) {
        busyUntil = atMs + dice.throw(1_500);
        arrivals.heldUp(atMs, busyUntil);
      }
      // The tone goes on from the beginning of what was prepared.
      arrivals.say(
        index % 3_000,
        Math.max(atMs, busyUntil),
        index * 160 + leaps[Math.floor(index / 1_500)]!,
      );
      if (index % 200 === 199) await arrivals.breathe();
    }
    await arrivals.end(200 + packets * 20);
    const channel = readStereo(path).left;
    const { first, last } = span(channel);
    expect(Math.abs(last - 8 * (80 + packets * 20))).toBeLessThan(160);
    expect(first).toBeLessThan(640 + 160);
    const silent = silences(channel, first, last);
    for (const length of silent) expect(length).toBeLessThan(164);
    // Those that were lost; and, at each leap, whatever nobody can know.
    expect(silent.length).toBeGreaterThanOrEqual(90);
    expect(silent.length).toBeLessThanOrEqual(95);
  });

  it('reaches the file within a second and a half', async () => {
    for (let packet = 0; packet < 150; packet += 1) arrivals.say(packet, 100 + packet * 20);
    await until(() => readStereo(path).dataOctets / 4 > (100 + 150 * 20 - 1_500) * 8);
    await arrivals.end(3_200);
  });

  it('is silent to the sample while it is masked, late packets and all', async () => {
    const late = (packet: number): number => (packet > 0 && packet % 7 === 0 ? 70 : 0);
    const order = Array.from({ length: 300 }, (_, packet) => ({
      packet,
      atMs: 100 + packet * 20 + late(packet),
    })).sort((one, other) => one.atMs - other.atMs);
    for (const { packet, atMs } of order) {
      if (packet === 100 || packet === 200) {
        arrivals.at(atMs);
        arrivals.recorder.mask(packet === 100);
      }
      // Those said just before come when it is masked, and belong before it.
      arrivals.say(packet, atMs);
    }
    await arrivals.end(6_200);
    const channel = readStereo(path).left;
    const [from, to] = [(100 + 100 * 20) * 8, (100 + 200 * 20) * 8];
    expect(channel.subarray(from, to).every((sample) => sample === 0)).toBe(true);
    equalsTone(channel.subarray(640), 0, from - 640);
    expect(longestSilence(channel, from - 400, from)).toBeLessThan(20);
    expect(longestSilence(channel, to, to + 400)).toBeLessThan(20);
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
