import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MediaLab, type Line } from '../media-lab.js';
import { every20ms, pause, until, type Received } from '../rtp-party.js';

const pcmu = { payload: 0, name: 'PCMU', clockRate: 8_000, channels: 1 };
const pcma = { payload: 8, name: 'PCMA', clockRate: 8_000, channels: 1 };
const opus = (payload: number) => ({ payload, name: 'OPUS', clockRate: 48_000, channels: 2 });
const speech = (index: number) => Buffer.alloc(160, 0x80 | (index % 100));
const spoken = (each: Received) => each.payload.some((byte) => byte !== 0xff && byte !== 0xd5);

describe('two ports that are bridged', () => {
  let lab: MediaLab;
  const talk = async (from: Line, packets: number) => {
    await every20ms(packets, (index) => from.party.say(speech(index), from.port.localPort));
    await pause(20);
  };

  beforeEach(() => (lab = new MediaLab()));
  afterEach(() => lab.close());

  it('pass on what each says, in a stream of their own', async () => {
    const [a, b] = [await lab.line(), await lab.line()];
    a.port.bridge(b.port);
    await talk(a, 20);
    const heard = b.party.heard.filter(spoken);
    expect(heard.map(({ payload }) => payload[0])).toEqual(
      Array.from({ length: 20 }, (_, index) => 0x80 | index),
    );
    expect(new Set(heard.map(({ ssrc }) => ssrc))).toEqual(new Set([b.port.ssrc]));
    expect(heard[0]!.marker).toBe(true);
    for (let index = 1; index < heard.length; index += 1) {
      expect((heard[index]!.sequence - heard[0]!.sequence) & 0xffff).toBe(index);
      expect((heard[index]!.timestamp - heard[0]!.timestamp) >>> 0).toBe(index * 160);
    }
  });

  it('show nothing of the other: no extension, no CSRC, no padding, no SSRC', async () => {
    const [a, b] = [await lab.line(), await lab.line()];
    a.port.bridge(b.port);
    const secret = Buffer.from('ABCDEFGH');
    await every20ms(5, (index) =>
      a.party.say(speech(index), a.port.localPort, {
        extension: secret,
        csrc: [0xdeadbeef, 0xcafebabe],
        padding: 8,
      }),
    );
    await until(() => b.party.heard.filter(spoken).length === 5);
    for (const { bytes } of b.party.heard) {
      expect(bytes.length).toBe(172);
      expect(bytes[0]).toBe(0x80);
      expect(bytes.includes('ABCD')).toBe(false);
      expect(bytes.includes(Buffer.from('deadbeef', 'hex'))).toBe(false);
    }
    const first = b.party.heard.find(spoken)!;
    expect(first.sequence).not.toBe(1_000);
    expect(first.timestamp).not.toBe(5_000);
  });

  it('turn µ-law into A-law and back', async () => {
    const a = await lab.line({ codec: pcmu });
    const b = await lab.line({ codec: pcma });
    a.port.bridge(b.port);
    a.party.say(Buffer.alloc(160, 0xff), a.port.localPort);
    a.party.say(Buffer.alloc(160, 0x80), a.port.localPort);
    b.party.say(Buffer.alloc(160, 0xaa), b.port.localPort, { payloadType: 8 });
    await until(() => b.party.heard.some(({ payload }) => payload[0] === 0xaa));
    await until(() => a.party.heard.some(({ payload }) => payload[0] === 0x80));
    expect(b.party.heard.at(-1)!.payloadType).toBe(8);
  });

  it('pass on a codec that nobody here can decode, under the number that each side gave it', async () => {
    const a = await lab.line({ codec: opus(96) });
    const b = await lab.line({ codec: opus(111) });
    a.port.bridge(b.port);
    const frame = Buffer.from('any bytes of any length');
    for (let index = 0; index < 3; index += 1) {
      a.party.say(frame, a.port.localPort, { payloadType: 96, timestamp: index * 960 });
    }
    await until(() => b.party.heard.length === 3);
    expect(
      b.party.heard.map(({ payloadType, payload }) => [payloadType, payload.toString()]),
    ).toEqual(Array.from({ length: 3 }, () => [111, frame.toString()]));
    expect((b.party.heard[2]!.timestamp - b.party.heard[0]!.timestamp) >>> 0).toBe(1_920);
  });

  it('let loss and disorder be seen, for the far end to deal with', async () => {
    const [a, b] = [await lab.line(), await lab.line()];
    a.port.bridge(b.port);
    const order = [0, 1, 2, 5, 4, 6, 6, 9];
    for (const index of order) {
      a.party.say(speech(index), a.port.localPort, {
        sequence: 65_530 + index,
        timestamp: 2 ** 32 - 300 + index * 160,
      });
    }
    await until(() => b.party.heard.filter(spoken).length === order.length);
    const heard = b.party.heard.filter(spoken);
    expect(heard.map(({ sequence }) => (sequence - heard[0]!.sequence) & 0xffff)).toEqual(order);
    expect(heard.map(({ timestamp }) => ((timestamp - heard[0]!.timestamp) >>> 0) / 160)).toEqual(
      order,
    );
  });

  it('do not show that the other side began a new stream', async () => {
    const [a, b] = [await lab.line(), await lab.line()];
    a.port.bridge(b.port);
    await talk(a, 5);
    Object.assign(a.party, { ssrc: 0x2222, sequence: 40_000, timestamp: 999_999_999 });
    await talk(a, 5);
    const heard = b.party.heard.filter(spoken);
    expect(heard.length).toBe(10);
    for (let index = 1; index < heard.length; index += 1) {
      const [before, after] = [heard[index - 1]!, heard[index]!];
      expect((after.sequence - before.sequence) & 0xffff).toBe(1);
      const step = (after.timestamp - before.timestamp) >>> 0;
      expect(step).toBeGreaterThanOrEqual(160);
      expect(step).toBeLessThan(800);
    }
  });

  it('hear silence again when they part', async () => {
    const [a, b] = [await lab.line(), await lab.line()];
    a.port.bridge(b.port);
    await talk(a, 5);
    a.port.unbridge();
    const before = b.party.heard.length;
    await talk(a, 5);
    expect(b.party.heard.length - before).toBeGreaterThanOrEqual(4);
    expect(b.party.heard.slice(before).some(spoken)).toBe(false);
  });

  it('are silent about who is muted', async () => {
    const [a, b] = [await lab.line(), await lab.line()];
    a.port.bridge(b.port);
    a.port.muteRead(true);
    await talk(a, 5);
    expect(b.party.heard.some(spoken)).toBe(false);
    a.port.muteRead(false);
    await talk(a, 5);
    expect(b.party.heard.filter(spoken).length).toBe(5);
  });

  it('send nothing to who only sends, and hear nothing of who only listens', async () => {
    const a = await lab.line();
    const b = await lab.line({ direction: 'recvonly' });
    a.port.bridge(b.port);
    await talk(a, 5);
    expect(b.party.heard).toEqual([]);
    b.port.agree(b.party.agreement({ direction: 'sendonly' }));
    await talk(b, 5);
    expect(a.party.heard.some(spoken)).toBe(false);
  });

  it('work over IPv6', async () => {
    const six = new MediaLab('::1');
    const [a, b] = [await six.line(), await six.line()];
    a.port.bridge(b.port);
    await talk(a, 3);
    expect(b.party.heard.filter(spoken).length).toBe(3);
    six.close();
  });
});

describe('a port that waits', () => {
  it('sends silence every 20 ms, so that the far end does not take the line for dead', async () => {
    const lab = new MediaLab();
    const { party } = await lab.line();
    await pause(400);
    expect(party.heard.length).toBeGreaterThanOrEqual(17);
    expect(party.heard.length).toBeLessThanOrEqual(21);
    expect(party.heard.some(spoken)).toBe(false);
    const { timestamp, sequence } = party.heard[0]!;
    party.heard.forEach((each, index) => {
      expect((each.sequence - sequence) & 0xffff).toBe(index);
      expect((each.timestamp - timestamp) >>> 0).toBe(index * 160);
      expect(each.marker).toBe(index === 0);
    });
    lab.close();
  });

  it('keeps to the packet length that the party wants', async () => {
    const lab = new MediaLab();
    const { party } = await lab.line({ ptime: 30 });
    await pause(400);
    expect(new Set(party.heard.map(({ payload }) => payload.length))).toEqual(new Set([240]));
    expect(party.heard.length).toBeGreaterThanOrEqual(10);
    lab.close();
  });

  it('says once that it heard nothing for too long, and again after it heard something', async () => {
    const lab = new MediaLab();
    const { party, port, timeouts } = await lab.line({}, { deadMediaMs: 200 });
    await pause(500);
    expect(timeouts.length).toBe(1);
    party.say(Buffer.alloc(160), port.localPort);
    await pause(500);
    expect(timeouts.length).toBe(2);
    lab.close();
  });

  it('does not miss who is on hold', async () => {
    const lab = new MediaLab();
    const { timeouts } = await lab.line({ direction: 'sendonly' }, { deadMediaMs: 100 });
    await pause(300);
    expect(timeouts).toEqual([]);
    lab.close();
  });
});
