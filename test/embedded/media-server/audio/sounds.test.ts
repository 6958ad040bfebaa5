import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DtmfDetector } from '../../../../src/embedded/media-server/audio/dtmf-detector.js';
import type { FrameSource } from '../../../../src/embedded/media-server/audio/frame-source.js';
import {
  convertInPlace,
  decoded,
  encodeInto,
} from '../../../../src/embedded/media-server/audio/g711.js';
import { Mixer } from '../../../../src/embedded/media-server/audio/mixer.js';
import {
  playTones,
  UnreadableTones,
} from '../../../../src/embedded/media-server/audio/tone-stream.js';
import {
  playWavFile,
  UnreadableWav,
} from '../../../../src/embedded/media-server/audio/wav-file.js';
import { Dice } from '../../../fuzz/dice.js';
import { seed } from '../../../support/property-seed.js';
import { amplitudeAt, sine } from '../wav.js';

function all(source: FrameSource, most = 3_000): Int16Array {
  const frames: number[] = [];
  for (let count = 0; count < most; count += 1) {
    const frame = source.next();
    if (frame === undefined) break;
    frames.push(...frame);
  }
  return Int16Array.from(frames);
}

describe('G.711', () => {
  it.each(['PCMU', 'PCMA'] as const)('%s: every code survives being decoded and encoded', (law) => {
    const codes = Uint8Array.from({ length: 256 }, (_, code) => code);
    const again = new Uint8Array(256);
    encodeInto(law, decoded[law], again, 0);
    // µ-law has two zeros.
    expect([...again].map((code) => decoded[law][code])).toEqual(
      [...codes].map((code) => decoded[law][code]),
    );
  });

  it.each([
    ['PCMU', 'u-law'],
    ['PCMA', 'a-law'],
  ] as const)('%s decodes each code as sox does', (law, encoding) => {
    const input = Buffer.from(Array.from({ length: 256 }, (_, code) => code));
    const raw = ['-t', 'raw', '-r', '8000', '-c', '1'];
    const { stdout } = spawnSync(
      'sox',
      [...raw, '-e', encoding, '-b', '8', '-', ...raw, '-e', 'signed', '-b', '16', '-'],
      { input },
    );
    const theirs = Array.from({ length: 256 }, (_, code) => stdout.readInt16LE(2 * code));
    expect([...decoded[law]]).toEqual(theirs);
  });

  it('is turned into the other law and back with no more than rounding', () => {
    const tone = sine(440, 1_600);
    const bytes = Buffer.alloc(1_600);
    encodeInto('PCMU', tone, bytes, 0);
    convertInPlace('PCMU', bytes, 0, 1_600);
    convertInPlace('PCMA', bytes, 0, 1_600);
    const after = Int16Array.from(bytes, (code) => decoded.PCMU[code]!);
    expect(amplitudeAt(after, 440)).toBeGreaterThan(7_900);
    expect(amplitudeAt(after, 440)).toBeLessThan(8_100);
  });
});

describe('a WAV file', () => {
  let directory: string;
  beforeAll(() => (directory = mkdtempSync(join(tmpdir(), 'wav-'))));
  afterAll(() => rmSync(directory, { recursive: true }));

  const made = (name: string, ...args: string[]): string => {
    const path = join(directory, name);
    const format = args.slice(0, args.indexOf('synth'));
    const effect = args.slice(args.indexOf('synth'));
    const result = spawnSync('sox', ['-n', ...format, path, ...effect], { encoding: 'latin1' });
    expect(result.stderr).toBe('');
    return path;
  };

  it.each([
    ['8 kHz', ['-r', '8000', '-c', '1', '-b', '16']],
    ['16 kHz', ['-r', '16000', '-c', '1', '-b', '16']],
    ['44.1 kHz, stereo', ['-r', '44100', '-c', '2', '-b', '16']],
    ['22.05 kHz', ['-r', '22050', '-c', '1', '-b', '16']],
    ['µ-law', ['-r', '8000', '-c', '1', '-e', 'u-law', '-b', '8']],
    ['A-law, stereo', ['-r', '8000', '-c', '2', '-e', 'a-law', '-b', '8']],
  ])('of %s is heard at 8 kHz, in pitch, level and length', async (name, format) => {
    const path = made(`${name}.wav`, ...format, 'synth', '1', 'sine', '440', 'vol', '0.5');
    const heard = all(await playWavFile(path));
    expect(heard.length).toBe(8_000);
    expect(amplitudeAt(heard.subarray(800, 7_200), 440)).toBeGreaterThan(15_900);
    expect(amplitudeAt(heard.subarray(800, 7_200), 440)).toBeLessThan(16_800);
  });

  it('of 16 kHz brings nothing down from above 4 kHz', async () => {
    const path = made(
      'high.wav',
      '-r',
      '16000',
      '-c',
      '1',
      '-b',
      '16',
      'synth',
      '1',
      'sine',
      '5000',
    );
    const heard = all(await playWavFile(path));
    // It would fold to 3000 Hz.
    expect(amplitudeAt(heard.subarray(800, 7_200), 3_000)).toBeLessThan(60);
  });

  it('begins where it is told to', async () => {
    const path = made('seek.wav', '-r', '8000', '-c', '1', '-b', '16', 'synth', '1', 'sine', '440');
    expect(all(await playWavFile(path, 6_400)).length).toBe(1_600);
  });

  it('is refused when it is none, or is not there', async () => {
    await expect(playWavFile(import.meta.filename)).rejects.toThrow(UnreadableWav);
    await expect(playWavFile(join(directory, 'no.wav'))).rejects.toMatchObject({ code: 'ENOENT' });
    const deep = made('deep.wav', '-r', '8000', '-c', '1', '-b', '24', 'synth', '1', 'sine', '440');
    await expect(playWavFile(deep)).rejects.toThrow(UnreadableWav);
  });
});

describe('a tone stream', () => {
  it('sounds and pauses as it says, at its frequencies', () => {
    const heard = all(playTones('%(100,50,400,500)'));
    expect(heard.length).toBe(1_280);
    for (const hertz of [400, 500]) {
      expect(amplitudeAt(heard.subarray(0, 800), hertz)).toBeGreaterThan(9_000);
    }
    expect(heard.subarray(800).every((sample) => sample === 0)).toBe(true);
  });

  it('is as loud as it says: 6 dB more are twice the amplitude', () => {
    const level = (text: string): number => amplitudeAt(all(playTones(text)).subarray(0, 800), 400);
    expect(level('v=-7;%(100,0,400)') / level('v=-13.02;%(100,0,400)')).toBeCloseTo(2, 1);
  });

  it.each([
    ['%(20,0,400);L=3', 3],
    ['%(20,0,400);loops=3', 3],
    ['l=4;%(20,0,400)', 4],
    ['%(20,20,400)%(20,0,500)', 3],
    ['d=20;w=20;12', 4],
  ])('%s lasts %i frames', (text, frames) => {
    expect(all(playTones(text)).length).toBe(frames * 160);
  });

  it('goes on until it is stopped when it is told to', () => {
    expect(all(playTones('%(1000,4000,425);loops=-1'), 600).length).toBe(96_000);
  });

  it.each([
    '',
    'hello',
    '%(a,b)',
    '%(100,100,9000)',
    '%(-5,0,400)',
    '%(0,0,400);loops=-1',
    'l=99999;%(1,1,400)',
  ])('is refused when it says %j', (text) =>
    expect(() => playTones(text)).toThrow(UnreadableTones),
  );
});

describe('digits in audio', () => {
  const found = (samples: Int16Array): string => {
    let digits = '';
    const detector = new DtmfDetector((digit) => (digits += digit));
    for (let at = 0; at < samples.length; at += 160)
      detector.take(samples.subarray(at), Math.min(160, samples.length - at));
    detector.silence();
    return digits;
  };

  it.each([0, -5, -15])('are found at %i dB, each once', (db) => {
    const digits = '0123456789*#ABCD';
    expect(found(all(playTones(`v=${-7 + db};d=80;w=80;${digits}`)))).toBe(digits);
  });

  it('are found in 45 ms, and not in 20', () => {
    expect(found(all(playTones('d=45;w=60;147')))).toBe('147');
    expect(found(all(playTones('d=20;w=60;147')))).toBe('');
  });

  it.each([
    ['one tone', '%(500,0,697)'],
    ['ringing', '%(1000,0,440,480)'],
    ['too much twist', 'v=-3;%(200,0,697)'],
    ['three tones', '%(300,0,697,1209,1000)'],
  ])('are not found in %s', (_, text) => {
    expect(found(all(playTones(text)))).toBe('');
  });

  it('are not found in noise', () => {
    const dice = new Dice(seed);
    const noise = Int16Array.from({ length: 80_000 }, () => dice.throw(30_000) - 15_000);
    expect(found(noise)).toBe('');
  });
});

describe('a conference', () => {
  const member = (frame: Int16Array) => {
    const heard: number[] = [];
    return { heard, speak: () => frame, listen: (mix: Int16Array) => void heard.push(...mix) };
  };

  it('lets everybody hear all others and not themselves', () => {
    const mixer = new Mixer();
    const [a, b, c] = [100, 20, 3].map((level) => member(new Int16Array(160).fill(level))) as [
      ReturnType<typeof member>,
      ReturnType<typeof member>,
      ReturnType<typeof member>,
    ];
    for (const each of [a, b, c]) mixer.add(each);
    mixer.beat(0);
    expect([a.heard[0], b.heard[0], c.heard[0]]).toEqual([23, 103, 120]);
    mixer.remove(c);
    mixer.beat(20);
    expect([a.heard[160], b.heard[160], c.heard.length]).toEqual([20, 100, 160]);
  });

  it('cuts off what is too loud, and does not turn it over', () => {
    const mixer = new Mixer();
    const all = [30_000, 30_000, -1].map((level) => member(new Int16Array(160).fill(level)));
    for (const each of all) mixer.add(each);
    mixer.beat(0);
    expect(all[2]!.heard[0]).toBe(32_767);
  });
});
