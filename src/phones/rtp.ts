/** RTP and RTCP packets as RFC 3550 draws them. */
export interface RtpPacket {
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Buffer;
}

export function writeRtp(packet: RtpPacket): Buffer {
  const head = Buffer.alloc(12);
  head[0] = 0x80;
  head[1] = packet.payloadType | (packet.marker ? 0x80 : 0);
  head.writeUInt16BE(packet.sequence & 0xffff, 2);
  head.writeUInt32BE(packet.timestamp >>> 0, 4);
  head.writeUInt32BE(packet.ssrc, 8);
  return Buffer.concat([head, packet.payload]);
}

/** Undefined for what is no RTP of version 2. */
export function readRtp(bytes: Buffer): RtpPacket | undefined {
  if (bytes.length < 12 || bytes.readUInt8(0) >> 6 !== 2) return undefined;
  const contributors = 4 * (bytes.readUInt8(0) & 0x0f);
  return {
    payloadType: bytes.readUInt8(1) & 0x7f,
    marker: bytes.readUInt8(1) >> 7 === 1,
    sequence: bytes.readUInt16BE(2),
    timestamp: bytes.readUInt32BE(4),
    ssrc: bytes.readUInt32BE(8),
    payload: bytes.subarray(12 + contributors),
  };
}

const RTCP_SR = 200;
const RTCP_SDES = 202;
const CNAME = 1;
/** Seconds from 1900, where NTP begins to count, to 1970. */
const NTP_EPOCH = 2_208_988_800;

/** A sender report without report blocks, and the name of the sender (RFC 3550 §6.4.1, §6.5). */
export function senderReport(
  ssrc: number,
  cname: string,
  sent: { readonly timestamp: number; readonly packets: number; readonly octets: number },
): Buffer {
  const now = performance.timeOrigin + performance.now();
  const report = Buffer.alloc(28);
  report.set([0x80, RTCP_SR, 0, 6]);
  report.writeUInt32BE(ssrc, 4);
  report.writeUInt32BE(Math.floor(now / 1000) + NTP_EPOCH, 8);
  report.writeUInt32BE(Math.floor(((now % 1000) / 1000) * 2 ** 32), 12);
  report.writeUInt32BE(sent.timestamp >>> 0, 16);
  report.writeUInt32BE(sent.packets, 20);
  report.writeUInt32BE(sent.octets, 24);
  const name = Buffer.from(cname, 'utf8');
  // The item, and at least one zero that ends the list, up to the next word.
  const items = Buffer.alloc(4 * Math.ceil((2 + name.length + 1) / 4));
  items.set([CNAME, name.length, ...name]);
  const head = Buffer.alloc(8);
  head.set([0x81, RTCP_SDES, 0, (4 + items.length) / 4]);
  head.writeUInt32BE(ssrc, 4);
  return Buffer.concat([report, head, items]);
}
