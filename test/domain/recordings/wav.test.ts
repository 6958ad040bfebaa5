import { describe, expect, it } from 'vitest';
import { readWavHead, samplesIn, wavHead } from '../../../src/domain/recordings/wav.js';
import { toneWav } from '../../support/wav.js';

const STEREO = { channels: 2, rate: 8000, dataAt: 44 };

describe('the head of a WAV file', () => {
  it('is written as sox and every player write it', () => {
    const whole = toneWav(100, [440, 1000]);
    expect(Buffer.from(wavHead(STEREO, whole.length - 44))).toEqual(whole.subarray(0, 44));
  });

  it('is read though its lengths say nothing, as a killed recorder leaves them', () => {
    const file = toneWav(100, [440, 1000]);
    file.writeUInt32LE(0, 4);
    file.writeUInt32LE(0, 40);
    expect(readWavHead(file)).toEqual(STEREO);
    expect(samplesIn(STEREO, file.length)).toBe(3200);
  });

  it('is found behind other chunks, also of odd length', () => {
    const file = toneWav(10, [440]);
    const list = Buffer.from('LIST\x05\0\0\0INFOx\0', 'latin1');
    const longer = Buffer.concat([file.subarray(0, 12), list, file.subarray(12)]);
    expect(readWavHead(longer)).toEqual({ channels: 1, rate: 8000, dataAt: 58 });
  });

  it('counts whole frames only', () => {
    expect(samplesIn(STEREO, 44 + 4 * 7 + 3)).toBe(28);
    expect(samplesIn(STEREO, 20)).toBe(0);
  });

  const damages: readonly (readonly [string, (file: Buffer) => Buffer])[] = [
    ['nothing', () => Buffer.alloc(0)],
    ['half a head', (file) => file.subarray(0, 30)],
    ['another kind of file', (file) => Buffer.concat([Buffer.from('OggS'), file.subarray(4)])],
    ['samples of 8 bits', (file) => (file.writeUInt16LE(8, 34), file)],
    ['A-law', (file) => (file.writeUInt16LE(6, 20), file)],
    ['no channel', (file) => (file.writeUInt16LE(0, 22), file)],
    ['chunks that claim to be endless', (file) => (file.fill(0xff, 12, 44), file)],
  ];
  it.each(damages)('is not made up of %s', (_, damage) => {
    expect(readWavHead(damage(toneWav(10, [440, 1000])))).toBeUndefined();
  });
});
