import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decoded, encodeInto } from '../../../../src/embedded/media-server/audio/g711.js';
import { Mixer } from '../../../../src/embedded/media-server/audio/mixer.js';
import { SteppedLab, type SteppedLine } from '../stepped-lab.js';
import { amplitudeAt, sine } from '../wav.js';

const tones = [400, 1_000, 1_700] as const;

describe('ports in a conference', () => {
  let lab: SteppedLab;
  let lines: SteppedLine[];
  let mixer: Mixer;
  let packet = 0;
  beforeEach(() => {
    lab = new SteppedLab();
    mixer = new Mixer();
    const pcma = { payload: 0, name: 'PCMA', clockRate: 8_000, channels: 1 };
    lines = [lab.line(), lab.line(), lab.line({ codec: pcma })];
    for (const { port } of lines) port.join(mixer);
    packet = 0;
  });
  afterEach(() => lab.metronome.stop());

  const talk = (packets: number): void => {
    for (const end = packet + packets; packet < end; packet += 1) {
      lab.clock.to(lab.clock.ms + 20);
      lines.forEach((line, side) => {
        const payload = Buffer.alloc(160);
        const whole = sine(tones[side] ?? 0, 160 * (packet + 1), 4_000);
        encodeInto(side === 2 ? 'PCMA' : 'PCMU', whole.subarray(packet * 160), payload, 0);
        line.arrives({ sequence: packet, timestamp: packet * 160, ssrc: side, payload });
      });
    }
  };
  /** How loud each tone was in the last half second that a party heard. */
  const levels = (side: number): number[] => {
    const law = side === 2 ? decoded.PCMA : decoded.PCMU;
    const bytes = Buffer.concat(lines[side]!.heard.slice(-25).map(({ payload }) => payload));
    const samples = Int16Array.from(bytes, (code) => law[code] ?? 0);
    return tones.map((hertz) => Math.round(amplitudeAt(samples, hertz) / 1_000));
  };

  it('hear all others and not themselves', () => {
    talk(60);
    expect([0, 1, 2].map(levels)).toEqual([
      [0, 4, 4],
      [4, 0, 4],
      [4, 4, 0],
    ]);
  });

  it('do not hear who is muted, nor who left, who hears nobody', () => {
    lines[0]!.port.muteRead(true);
    lines[1]!.port.leave();
    talk(60);
    expect([0, 1, 2].map(levels)).toEqual([
      [0, 0, 4],
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  it('get a stream without a break, when they join and when they leave for a bridge', () => {
    talk(30);
    lines[0]!.port.bridge(lines[1]!.port);
    expect(mixer.size).toBe(1);
    talk(30);
    const { heard } = lines[0]!;
    for (let at = 1; at < heard.length; at += 1) {
      expect((heard[at]!.sequence - heard[at - 1]!.sequence) & 0xffff).toBe(1);
    }
    expect(levels(0)).toEqual([0, 4, 0]);
  });
});
