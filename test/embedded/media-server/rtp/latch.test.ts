import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RtpPacket } from '../../../../src/embedded/media-server/rtp/rtp-packet.js';
import { SourceLatch } from '../../../../src/embedded/media-server/rtp/source-latch.js';
import { MediaLab } from '../media-lab.js';
import { every20ms, pause, RtpParty, rtp, until } from '../rtp-party.js';

const described = { address: '192.0.2.1', port: 4_000 };
const behindNat = { address: '198.51.100.7', port: 61_000 };
const stranger = { address: '203.0.113.66', port: 5_555 };

/** One latch, and packets from anywhere at any time. */
class Sources {
  readonly latch = new SourceLatch();
  nowMs = 0;

  send(
    from: { address: string; port: number },
    { ssrc = 1, sequence }: { ssrc?: number; sequence: number },
  ): boolean {
    const packet = new RtpPacket();
    packet.read(rtp({ ssrc, sequence, timestamp: 0, payload: Buffer.alloc(160) }));
    return this.latch.hears(packet, from.address, from.port, this.nowMs);
  }

  /** @returns how many of them were heard. */
  stream(
    from: { address: string; port: number },
    first: number,
    packets: number,
    ssrc = 1,
  ): number {
    let heard = 0;
    for (let count = 0; count < packets; count += 1) {
      if (this.send(from, { ssrc, sequence: first + count })) heard += 1;
      this.nowMs += 20;
    }
    return heard;
  }
}

describe('the source of a party', () => {
  let sources: Sources;
  beforeEach(() => (sources = new Sources()));

  it('is nobody before a description names an address', () => {
    expect(sources.stream(described, 0, 20)).toBe(0);
    expect(sources.latch.target).toBeUndefined();
  });

  it('is the described address from its first packet on', () => {
    sources.latch.describe(described);
    expect(sources.latch.target).toEqual(described);
    expect(sources.stream(described, 0, 3)).toBe(3);
  });

  it('is another address, of a party behind a NAT, after four packets in unbroken order', () => {
    sources.latch.describe(described);
    expect(sources.stream(behindNat, 65_534, 3)).toBe(0);
    expect(sources.latch.target).toEqual(described);
    expect(sources.send(behindNat, { sequence: 1 })).toBe(true);
    expect(sources.latch.target).toMatchObject(behindNat);
  });

  it('is not who sprays packets without order', () => {
    sources.latch.describe(described);
    for (let count = 0; count < 500; count += 1) {
      expect(sources.send(stranger, { ssrc: count % 7, sequence: count * 31 })).toBe(false);
      sources.nowMs += 1;
    }
    expect(sources.latch.target).toEqual(described);
    expect(sources.latch.strangers).toBe(500);
  });

  it('is found behind a NAT while a stranger sprays', () => {
    sources.latch.describe(described);
    for (let count = 0; count < 4; count += 1) {
      sources.send(behindNat, { sequence: count });
      for (let shot = 0; shot < 50; shot += 1)
        sources.send(stranger, { ssrc: 9, sequence: shot * 2 });
      sources.nowMs += 20;
    }
    expect(sources.latch.target).toMatchObject(behindNat);
  });

  it('is taken back from a stranger who was first by the described address', () => {
    sources.latch.describe(described);
    sources.stream(stranger, 0, 300, 9);
    expect(sources.latch.target).toMatchObject(stranger);
    expect(sources.send(described, { sequence: 7 })).toBe(true);
    expect(sources.latch.target).toMatchObject(described);
    expect(sources.stream(stranger, 300, 300, 9)).toBe(0);
  });

  it('is not taken from who speaks, however well a stranger knows SSRC and sequence', () => {
    sources.latch.describe(described);
    for (let count = 0; count < 200; count += 1) {
      expect(sources.send(described, { sequence: count })).toBe(true);
      expect(sources.send(stranger, { sequence: count + 1 })).toBe(false);
      sources.nowMs += 20;
    }
    expect(sources.latch.target).toMatchObject(described);
  });

  it('is not taken by a stranger from who is silent', () => {
    sources.latch.describe(described);
    sources.stream(described, 0, 10);
    sources.nowMs += 60_000;
    expect(sources.stream(stranger, 10, 500, 9)).toBe(0);
    expect(sources.latch.target).toMatchObject(described);
  });

  it('is followed when it fell silent and its stream goes on from elsewhere', () => {
    sources.latch.describe(described);
    sources.stream(described, 0, 10);
    expect(sources.stream(behindNat, 10, 50)).toBe(0);
    sources.nowMs += 2_001;
    expect(sources.stream(behindNat, 60, 5)).toBe(5);
    expect(sources.latch.target).toMatchObject(behindNat);
  });

  it('is not followed backwards: what was recorded does not count', () => {
    sources.latch.describe(described);
    sources.stream(described, 0, 100);
    sources.nowMs += 5_000;
    expect(sources.stream(stranger, 0, 100)).toBe(0);
  });

  it('may come back to the described address after silence', () => {
    sources.latch.describe(described);
    sources.stream(described, 0, 2);
    sources.nowMs += 3_000;
    sources.stream(behindNat, 2, 2);
    expect(sources.send(described, { ssrc: 5, sequence: 0 })).toBe(false);
    sources.nowMs += 3_000;
    expect(sources.send(described, { ssrc: 5, sequence: 0 })).toBe(true);
  });

  it('stays when a new description says the same', () => {
    sources.latch.describe(described);
    sources.stream(behindNat, 0, 5);
    sources.latch.describe({ ...described });
    expect(sources.latch.target).toMatchObject(behindNat);
  });

  it('is heard to its end when a new description moves it, while we send to the new address', () => {
    sources.latch.describe(described);
    sources.stream(described, 0, 5);
    const moved = { address: '192.0.2.9', port: 7_000 };
    sources.latch.describe(moved);
    expect(sources.latch.target).toEqual(moved);
    expect(sources.stream(described, 5, 5)).toBe(5);
    expect(sources.latch.target).toEqual(moved);
    expect(sources.send(moved, { ssrc: 2, sequence: 0 })).toBe(true);
    expect(sources.send(described, { sequence: 10 })).toBe(false);
  });

  it('is the same as before behind a NAT that shows a new description the old way', () => {
    sources.latch.describe(described);
    sources.stream(behindNat, 0, 5);
    sources.latch.describe({ address: '192.0.2.1', port: 4_002 });
    sources.stream(behindNat, 5, 60);
    expect(sources.latch.target).toMatchObject(behindNat);
  });
});

describe('an attacker who sprays packets at a port', () => {
  let lab: MediaLab;
  let attacker: RtpParty;
  beforeEach(async () => {
    lab = new MediaLab();
    attacker = await RtpParty.open();
  });
  afterEach(() => {
    attacker.close();
    lab.close();
  });

  it('is not heard, gets nothing, and cannot speak digits or reports', async () => {
    const [a, b] = [await lab.line(), await lab.line()];
    a.port.bridge(b.port);
    const noise = Buffer.alloc(160, 0x11);
    const digit = Buffer.from([5, 0x8a, 3, 0x20]);
    await every20ms(25, (index) => {
      a.party.say(Buffer.alloc(160, 0x22), a.port.localPort);
      for (let shot = 0; shot < 10; shot += 1) attacker.say(noise, a.port.localPort);
      attacker.say(digit, a.port.localPort, { payloadType: 101, timestamp: index });
    });
    await pause(50);
    const voices = b.party.heard.map(({ payload }) => payload[0]);
    expect(voices.filter((byte) => byte === 0x22).length).toBe(25);
    expect(voices).not.toContain(0x11);
    expect(attacker.heard).toEqual([]);
    expect(a.digits).toEqual([]);
    expect(b.party.heard.some(({ payloadType }) => payloadType === 101)).toBe(false);
    expect(a.port.stats().packetsOfStrangers).toBe(275);
    expect(a.port.stats().packetsReceived).toBe(25);
  });

  it('does not keep silence from being noticed', async () => {
    const { party, port, timeouts } = await lab.line({}, { deadMediaMs: 150 });
    party.say(Buffer.alloc(160), port.localPort);
    await every20ms(15, () => attacker.say(Buffer.alloc(160), port.localPort));
    await until(() => timeouts.length === 1);
  });

  it('does not hear a party whose own packets are thrown back at us', async () => {
    const [a, b] = [await lab.line(), await lab.line()];
    a.port.bridge(b.port);
    await until(() => a.party.heard.length > 2);
    for (const { bytes } of a.party.heard.slice()) a.party.send(bytes, a.port.localPort);
    await pause(30);
    expect(a.port.stats().packetsReceived).toBe(0);
  });
});
