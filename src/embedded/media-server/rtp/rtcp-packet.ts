import type { ReportOfReceived } from './received-stream.js';

const senderReport = 200;
const receiverReport = 201;
const sourceDescription = 202;
const goodbye = 203;
const reportBlockOctets = 24;

export interface SenderInfo {
  /** 64-bit NTP time as two numbers (RFC 3550 §4). */
  readonly ntpSeconds: number;
  readonly ntpFraction: number;
  readonly rtpTimestamp: number;
  readonly packets: number;
  readonly octets: number;
}

export interface ReportBlock extends ReportOfReceived {
  /** Middle 32 bits of the NTP time of the last SR, and the time since, both in 1/65536 s. */
  readonly lastReport: number;
  readonly sinceLastReport: number;
}

export interface RtcpReport {
  /** Middle 32 bits of the sender's NTP time; undefined: it was a receiver report. */
  readonly ntpMiddle: number | undefined;
  readonly blocks: readonly ReportBlock[];
}

/** A compound packet (RFC 3550 §6.1): SR or RR, our CNAME, and BYE at the end. */
export function writeRtcp(
  ssrc: number,
  sender: SenderInfo | undefined,
  block: ReportBlock | undefined,
  cname: string,
  bye: boolean,
): Buffer {
  const parts = [writeReport(ssrc, sender, block), writeCname(ssrc, cname)];
  if (bye) parts.push(packet(goodbye, 1, words(ssrc)));
  return Buffer.concat(parts);
}

/** The reports in a datagram; what is malformed ends the reading. */
export function readRtcp(bytes: Buffer): RtcpReport[] {
  const reports: RtcpReport[] = [];
  for (let at = 0; at + 8 <= bytes.length;) {
    const first = bytes[at] ?? 0;
    const end = at + 4 + 4 * bytes.readUInt16BE(at + 2);
    if (first >> 6 !== 2 || end > bytes.length) break;
    const report = readReport(bytes.subarray(at, end), first & 0x1f);
    if (report !== undefined) reports.push(report);
    at = end;
  }
  return reports;
}

function readReport(bytes: Buffer, count: number): RtcpReport | undefined {
  const type = bytes[1];
  if (type !== senderReport && type !== receiverReport) return undefined;
  const blocksAt = type === senderReport ? 28 : 8;
  if (bytes.length < blocksAt + count * reportBlockOctets) return undefined;
  const blocks = Array.from({ length: count }, (_, index) =>
    readBlock(bytes, blocksAt + index * reportBlockOctets),
  );
  return { ntpMiddle: type === senderReport ? bytes.readUInt32BE(10) : undefined, blocks };
}

function readBlock(bytes: Buffer, at: number): ReportBlock {
  return {
    ssrc: bytes.readUInt32BE(at),
    fractionLost: bytes.readUInt8(at + 4),
    packetsLost: bytes.readIntBE(at + 5, 3),
    highestSequence: bytes.readUInt32BE(at + 8),
    jitter: bytes.readUInt32BE(at + 12),
    lastReport: bytes.readUInt32BE(at + 16),
    sinceLastReport: bytes.readUInt32BE(at + 20),
  };
}

function writeReport(
  ssrc: number,
  sender: SenderInfo | undefined,
  block: ReportBlock | undefined,
): Buffer {
  const info =
    sender === undefined
      ? []
      : [sender.ntpSeconds, sender.ntpFraction, sender.rtpTimestamp, sender.packets, sender.octets];
  const body = [words(ssrc, ...info)];
  if (block !== undefined) body.push(writeBlock(block));
  const type = sender === undefined ? receiverReport : senderReport;
  return packet(type, block === undefined ? 0 : 1, Buffer.concat(body));
}

function writeBlock(block: ReportBlock): Buffer {
  const bytes = Buffer.alloc(reportBlockOctets);
  bytes.writeUInt32BE(block.ssrc, 0);
  bytes.writeUInt8(block.fractionLost, 4);
  bytes.writeIntBE(block.packetsLost, 5, 3);
  bytes.writeUInt32BE(block.highestSequence, 8);
  bytes.writeUInt32BE(block.jitter, 12);
  bytes.writeUInt32BE(block.lastReport, 16);
  bytes.writeUInt32BE(block.sinceLastReport, 20);
  return bytes;
}

/** One chunk with the item CNAME, ended and filled up with zeros (RFC 3550 §6.5). */
function writeCname(ssrc: number, cname: string): Buffer {
  const octets = Math.ceil((4 + 2 + cname.length + 1) / 4) * 4;
  const chunk = Buffer.alloc(octets);
  chunk.writeUInt32BE(ssrc, 0);
  chunk.writeUInt8(1, 4);
  chunk.writeUInt8(cname.length, 5);
  chunk.write(cname, 6, 'latin1');
  return packet(sourceDescription, 1, chunk);
}

function packet(type: number, count: number, body: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt8(0x80 | count, 0);
  head.writeUInt8(type, 1);
  head.writeUInt16BE(body.length / 4, 2);
  return Buffer.concat([head, body]);
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => bytes.writeUInt32BE(value >>> 0, 4 * index));
  return bytes;
}
