import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeInto } from '../../../../src/embedded/media-server/audio/g711.js';
import { playTones } from '../../../../src/embedded/media-server/audio/tone-stream.js';
import { MediaLab, type Line } from '../media-lab.js';
import { every20ms, pause, until, type Received } from '../rtp-party.js';

const events = (line: Line): Received[] =>
  line.party.heard.filter(({ payloadType }) => payloadType === 101);
const event = (digit: number, duration: number, end = false): Buffer =>
  Buffer.from([digit, (end ? 0x80 : 0) | 10, duration >> 8, duration & 0xff]);

/** Sends the packets of one digit; `keep` says which of them arrive. */
async function press(
  { party, port }: Line,
  digit: number,
  keep: (packet: number) => boolean = () => true,
): Promise<void> {
  const timestamp = party.timestamp;
  const durations = [160, 320, 480, 640, 800, 800, 800];
  await every20ms(durations.length, (index) => {
    const payload = event(digit, durations[index]!, index >= 4);
    if (keep(index)) party.say(payload, port.localPort, { payloadType: 101, timestamp });
    else party.sequence += 1;
  });
  party.timestamp = timestamp + 1_600;
}

describe('the digits of a party', () => {
  let lab: MediaLab;
  let line: Line;
  beforeEach(async () => {
    lab = new MediaLab();
    line = await lab.line();
  });
  afterEach(() => lab.close());

  it('are told once each, with how long they were held', async () => {
    for (const digit of [1, 1, 11]) await press(line, digit);
    expect(line.digits).toEqual([
      { digit: '1', samples: 800, source: 'RTP' },
      { digit: '1', samples: 800, source: 'RTP' },
      { digit: '#', samples: 800, source: 'RTP' },
    ]);
  });

  it('are told once each when every other packet is lost', async () => {
    for (const digit of [3, 4]) await press(line, digit, (packet) => packet % 2 === 1);
    await until(() => line.digits.length >= 2);
    expect(line.digits.map(({ digit }) => digit).join('')).toBe('34');
  });

  it('are told when none of the packets that end them arrives', async () => {
    await press(line, 7, (packet) => packet < 4);
    expect(line.digits).toEqual([]);
    await until(() => line.digits.length === 1);
    await press(line, 8, (packet) => packet < 4);
    await press(line, 9);
    expect(line.digits.map(({ digit, samples }) => [digit, samples])).toEqual([
      ['7', 640],
      ['8', 640],
      ['9', 800],
    ]);
  });

  it('are told once when their packets come twice and in disorder', async () => {
    const { party, port } = line;
    const send = (digit: number, timestamp: number, duration: number, end: boolean) =>
      party.say(event(digit, duration, end), port.localPort, { payloadType: 101, timestamp });
    send(5, 8_000, 320, false);
    send(5, 8_000, 160, false);
    send(5, 8_000, 480, true);
    send(6, 9_600, 160, false);
    send(5, 8_000, 480, true);
    send(5, 8_000, 320, false);
    send(6, 9_600, 480, true);
    send(6, 9_600, 480, true);
    await until(() => line.digits.length === 2);
    await pause(200);
    expect(line.digits.map(({ digit, samples }) => [digit, samples])).toEqual([
      ['5', 480],
      ['6', 480],
    ]);
  });

  it('are one when it is held for longer than one packet can say', async () => {
    const { party, port } = line;
    const send = (timestamp: number, duration: number, end: boolean) =>
      party.say(event(2, duration, end), port.localPort, { payloadType: 101, timestamp });
    send(1_000, 0xffff, false);
    send(1_000 + 0xffff, 800, true);
    await until(() => line.digits.length === 1);
    expect(line.digits[0]).toEqual({ digit: '2', samples: 0xffff + 800, source: 'RTP' });
  });

  it('are made anew for the other side of a bridge', async () => {
    const other = await lab.line();
    line.port.bridge(other.port);
    await press(line, 4);
    await pause(150);
    const sent = events(other);
    expect(new Set(sent.map(({ payload }) => payload[0]))).toEqual(new Set([4]));
    expect(new Set(sent.map(({ timestamp }) => timestamp)).size).toBe(1);
    expect(sent.filter(({ payload }) => payload[1]! >= 0x80).length).toBe(3);
    expect(sent[0]!.marker).toBe(true);
    expect(sent.at(-1)!.payload.readUInt16BE(2)).toBe(800);
    expect(sent.map(({ ssrc }) => ssrc).every((ssrc) => ssrc === other.port.ssrc)).toBe(true);
    expect(other.digits).toEqual([]);
  });

  it('go nowhere from a party that is muted, and count', async () => {
    const other = await lab.line();
    line.port.bridge(other.port);
    line.port.muteRead(true);
    await press(line, 4);
    await pause(100);
    expect(events(other)).toEqual([]);
    expect(line.digits.length).toBe(1);
  });
});

describe('digits that a party is sent', () => {
  it('begin with a marker, keep one timestamp, and end three times', async () => {
    const lab = new MediaLab();
    const line = await lab.line();
    line.port.sendDigits('1*', 100);
    await until(() => events(line).filter(({ payload }) => payload[1]! >= 0x80).length === 6);
    const stars = events(line).filter(({ payload }) => payload[0] === 10);
    expect(stars.map(({ payload }) => payload.readUInt16BE(2))).toEqual([
      160, 320, 480, 640, 800, 800, 800,
    ]);
    expect(stars.map(({ marker }) => marker)).toEqual([true, ...Array<boolean>(6).fill(false)]);
    expect(new Set(stars.map(({ timestamp }) => timestamp)).size).toBe(1);
    const sequences = line.party.heard.map(({ sequence }) => sequence);
    sequences.forEach((sequence, index) => expect((sequence - sequences[0]!) & 0xffff).toBe(index));
    lab.close();
  });

  it('are tones for who agreed to no telephone-event, and are found in them', async () => {
    const lab = new MediaLab();
    const [a, b] = [
      await lab.line({ telephoneEvent: undefined }),
      await lab.line({ telephoneEvent: undefined }),
    ];
    // What the one is sent is what the other says.
    a.port.sendDigits('159D*', 120);
    await pause(1_300);
    expect(events(a)).toEqual([]);
    for (const { payload } of a.party.heard.slice()) b.party.say(payload, b.port.localPort);
    await until(() => b.digits.length === 5);
    expect(b.digits.map(({ digit }) => digit).join('')).toBe('159D*');
    expect(b.digits.every(({ source }) => source === 'INBAND')).toBe(true);
    lab.close();
  });

  it('are not looked for in the audio of who agreed to telephone-event', async () => {
    const lab = new MediaLab();
    const line = await lab.line();
    const tones = playTones('d=100;w=100;123');
    for (let frame = tones.next(); frame !== undefined; frame = tones.next()) {
      const payload = Buffer.alloc(160);
      encodeInto('PCMU', frame, payload, 0);
      line.party.say(payload, line.port.localPort);
    }
    await pause(150);
    expect(line.digits).toEqual([]);
    lab.close();
  });
});
