import { describe, expect, it } from 'vitest';
import { RtpPacket } from '../../../../src/embedded/media-server/rtp/rtp-packet.js';
import { readRtcp } from '../../../../src/embedded/media-server/rtp/rtcp-packet.js';
import { Dice } from '../../../fuzz/dice.js';
import { seed } from '../../../support/property-seed.js';
import { MediaLab } from '../media-lab.js';
import { SteppedLab } from '../stepped-lab.js';
import { every20ms, pause, rtp, until } from '../rtp-party.js';

function anyBytes(dice: Dice): Buffer {
  const kind = dice.throw(4);
  const bytes =
    kind === 0
      ? Buffer.from(Array.from({ length: dice.throw(64) }, () => dice.throw(256)))
      : rtp({
          sequence: dice.throw(65_536),
          timestamp: dice.throw(2 ** 31),
          payloadType: dice.pick([0, 8, 101, 13, 96, 127]),
          payload: Buffer.alloc(dice.pick([0, 1, 3, 4, 160, 1_400]), dice.throw(256)),
          csrc: dice.many(0, 15, () => dice.throw(2 ** 31)),
          ...(dice.once(3) && { extension: Buffer.alloc(4 * dice.throw(6)) }),
          ...(dice.once(3) && { padding: 1 + dice.throw(20) }),
        });
  if (kind > 1) {
    for (let count = dice.throw(6); count > 0 && bytes.length > 0; count -= 1) {
      bytes[dice.throw(Math.min(20, bytes.length))] = dice.throw(256);
    }
  }
  return dice.once(4) ? bytes.subarray(0, dice.throw(bytes.length + 1)) : bytes;
}

describe('whatever comes to a port', () => {
  it('is read as RTP within its bounds, or not at all', () => {
    const dice = new Dice(seed);
    const packet = new RtpPacket();
    let accepted = 0;
    for (let count = 0; count < 20_000; count += 1) {
      const bytes = anyBytes(dice);
      if (!packet.read(bytes)) continue;
      accepted += 1;
      expect(packet.payloadStart).toBeGreaterThanOrEqual(12);
      expect(packet.payloadEnd).toBeGreaterThanOrEqual(packet.payloadStart);
      expect(packet.payloadEnd).toBeLessThanOrEqual(bytes.length);
    }
    expect(accepted).toBeGreaterThan(5_000);
  });

  it('is read as RTCP as far as it is well formed, and ends', () => {
    const dice = new Dice(seed + 1);
    for (let count = 0; count < 20_000; count += 1) {
      const bytes = Buffer.from(Array.from({ length: dice.throw(120) }, () => dice.throw(256)));
      if (bytes.length > 4) {
        bytes[0] = 0x80 | dice.throw(64);
        bytes[1] = dice.pick([200, 201, 202, 203, 204]);
        bytes.writeUInt16BE(dice.throw(30), 2);
      }
      for (const { blocks } of readRtcp(bytes)) expect(blocks.length).toBeLessThan(32);
    }
  });

  it('holds up nothing that is said afterwards, whatever the timestamps before', () => {
    const lab = new SteppedLab();
    const [a, b] = [lab.line(), lab.line()];
    a.port.bridge(b.port);
    const dice = new Dice(seed + 3);
    for (let round = 0; round < 100; round += 1) {
      // Each begins anew, and is stamped ahead of the clock by its own length.
      for (let count = dice.throw(8); count >= 0; count -= 1) {
        const payload = Buffer.alloc(dice.pick([80, 160, 240, 400]), 0x11);
        a.arrives({ sequence: dice.throw(65_536), timestamp: dice.throw(2 ** 31), payload });
      }
      const before = b.heard.length;
      const sequence = dice.throw(60_000);
      for (let index = 0; index < 10; index += 1) {
        lab.clock.to(lab.clock.ms + 20);
        const payload = Buffer.alloc(160, 0x33);
        a.arrives({ sequence: sequence + index, timestamp: index * 160, payload });
      }
      expect(b.heard.length - before).toBe(10);
    }
    lab.metronome.stop();
  });

  it('ends no bridge: the call goes on among 5000 malformed packets', async () => {
    const lab = new MediaLab();
    // Digits would be passed on, and take the place of audio for seconds.
    const a = await lab.line({ telephoneEvent: undefined });
    const b = await lab.line();
    a.port.bridge(b.port);
    const dice = new Dice(seed + 2);
    const good = Buffer.alloc(160, 0x33);
    await every20ms(50, () => {
      for (let count = 0; count < 100; count += 1) {
        const bytes = anyBytes(dice);
        if (count % 10 === 0) a.party.sendReport(bytes, a.port.localRtcpPort);
        else a.party.send(bytes, a.port.localPort);
      }
      a.party.say(good, a.port.localPort);
    });
    // What lies in the socket's buffer is read first: a thread that is late lets it overflow.
    const heardOfA = (): number => a.port.stats().packetsReceived;
    for (let before = -1; before !== heardOfA();) {
      before = heardOfA();
      await pause(50);
    }
    const before = b.party.heard.length;
    await every20ms(10, () => a.party.say(good, a.port.localPort));
    const after = () => b.party.heard.slice(before).filter(({ payload }) => payload.equals(good));
    await until(() => after().length === 10);
    lab.close();
  });
});
