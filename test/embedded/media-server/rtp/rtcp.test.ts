import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MediaLab, type Line } from '../media-lab.js';
import { every20ms, pause, until } from '../rtp-party.js';

/** SR of a party with one report block (RFC 3550 §6.4.1). */
function senderReport(ssrc: number, about: number, lost: number): Buffer {
  const bytes = Buffer.alloc(52);
  bytes.set([0x81, 200, 0, 12]);
  bytes.writeUInt32BE(ssrc, 4);
  bytes.writeUInt32BE(0xaaaabbbb, 8);
  bytes.writeUInt32BE(0xccccdddd, 12);
  bytes.writeUInt32BE(about, 28);
  bytes.writeIntBE(lost, 33, 3);
  bytes.writeUInt32BE(80, 40);
  return bytes;
}

describe('RTCP', () => {
  let lab: MediaLab;
  let a: Line;
  let b: Line;
  beforeEach(async () => {
    lab = new MediaLab();
    [a, b] = [await lab.line(), await lab.line()];
    a.port.bridge(b.port);
  });
  afterEach(() => lab.close());

  it('tells our own stream, what we miss of the party, our own name, and goodbye', async () => {
    await every20ms(20, (index) => {
      if (index === 7 || index === 8) a.party.sequence += 1;
      else a.party.say(Buffer.alloc(160), a.port.localPort);
    });
    b.party.sendReport(senderReport(0xbbbb0001, b.port.ssrc, 0), b.port.localRtcpPort);
    await pause(30);
    a.port.close();
    await until(() => a.party.reports.length > 0);
    const report = a.party.reports.at(-1)!;
    expect(report[1]).toBe(200);
    expect(report.readUInt32BE(4)).toBe(a.port.ssrc);
    expect(report.readUInt32BE(20)).toBe(a.port.stats().packetsSent);
    expect(report.readUInt32BE(28)).toBe(a.party.ssrc);
    expect(report.readIntBE(33, 3)).toBe(2);
    const description = report.subarray(52);
    expect([description[1], description.readUInt32BE(4), description[8]]).toEqual([
      202,
      a.port.ssrc,
      1,
    ]);
    expect(report.subarray(-8)[1]).toBe(203);
    expect(report.includes(Buffer.from('bbbb0001', 'hex'))).toBe(false);
    expect(a.port.stats().packetsLost).toBe(2);
  });

  it('comes about every five seconds from the first few on, and never crosses a bridge', async () => {
    await every20ms(20, () =>
      b.party.sendReport(senderReport(0xbbbb0001, b.port.ssrc, 0), b.port.localRtcpPort),
    );
    await until(() => a.party.reports.length > 0, 4_500);
    for (const { bytes } of a.party.heard) expect(bytes.length).toBe(172);
    for (const report of a.party.reports) expect(report.readUInt32BE(4)).toBe(a.port.ssrc);
  });

  it('brings what the party misses of ours into the figures', async () => {
    a.party.sendReport(senderReport(a.party.ssrc, a.port.ssrc, 5), a.port.localRtcpPort);
    await until(() => a.port.stats().reportedByParty !== undefined);
    expect(a.port.stats().reportedByParty).toEqual({ packetsLost: 5, jitterMs: 10 });
  });

  it('shares the port of RTP when that was agreed', async () => {
    a.port.agree(a.party.agreement({ rtcpMux: true }));
    a.party.send(senderReport(a.party.ssrc, a.port.ssrc, 3), a.port.localPort);
    await until(() => a.port.stats().reportedByParty?.packetsLost === 3);
    a.port.close();
    await until(() => a.party.heard.some(({ bytes }) => bytes[1]! >= 200 && bytes[1]! <= 204));
    expect(a.party.reports).toEqual([]);
  });
});
