import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CALLERS_HOST, MARK, MARK_AT, readMarks } from '../media/marked-packet.js';
import { Child } from './child.js';

/** Ethernet, IPv4 without options, UDP. */
const HEADERS = 14 + 20 + 8;
/** Of the IPv4 address that sent it. */
const SOURCE_AT = 14 + 12;
const SNAP_BYTES = HEADERS + 40;
const DELIVERY_MS = 1500;
const PERIOD_MS = 20;
const LATE_MS = 20;
/** What comes out so late is a sign that it will not come at all. */
const TAIL_MS = 500;

/** Every packet of the callers into the server and out of it, with the kernel's time. */
export interface RtpSeen {
  readonly sent: number;
  readonly lost: number;
  /** Out more than 20 ms after it came in. */
  readonly late: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  /** Sent more than 20 ms later than its caller should have: the generator's fault. */
  readonly sentLate: number;
  /** Not seen, as tcpdump could not keep up; those are counted as lost, or as not sent. */
  readonly unseen: number;
}

interface Passage {
  readonly in: number;
  out: number;
}

/** Captures on loopback; the packets are known by the marks that their callers wrote into them. */
export class RtpCapture {
  readonly #child: Child;

  private constructor(child: Child) {
    this.#child = child;
  }

  static async start(directory: string): Promise<RtpCapture> {
    const filter = `udp[${8 + MARK_AT}:4] = ${MARK}`;
    const capture = ['-i', 'lo', '-n', '-s', String(SNAP_BYTES), '-B', '65536', '-w', '-', filter];
    const child = new Child({ name: 'rtp', command: 'tcpdump', args: capture, directory });
    await child.until(() => child.words().includes('listening on'), 5000);
    return new RtpCapture(child);
  }

  /** @param warmUpMs at the beginning that do not count. */
  async stop(warmUpMs: number): Promise<RtpSeen> {
    await sleep(DELIVERY_MS);
    await this.#child.stop();
    const unseen = Number(/(\d+) packets dropped/.exec(this.#child.words())?.[1] ?? 0);
    return { ...judge(this.#read(), warmUpMs), unseen };
  }

  /** By caller, in the order of its packets. */
  #read(): Passage[][] {
    const file = readFileSync(this.#child.stdoutFile);
    const passages: Passage[][] = [];
    for (let at = 24; at + 16 <= file.length;) {
      const ms = file.readUInt32LE(at) * 1000 + file.readUInt32LE(at + 4) / 1000;
      const end = at + 16 + file.readUInt32LE(at + 8);
      const frame = file.subarray(at + 16, end);
      at = end;
      const marks = readMarks(frame.subarray(HEADERS));
      if (marks === undefined) continue;
      const ofCaller = (passages[marks.caller] ??= []);
      if (frame.subarray(SOURCE_AT, SOURCE_AT + 4).join('.') === CALLERS_HOST) {
        ofCaller[marks.count] = { in: ms, out: Infinity };
      } else {
        const passage = ofCaller[marks.count];
        if (passage !== undefined) passage.out = Math.min(passage.out, ms);
      }
    }
    return passages;
  }
}

function judge(passages: readonly Passage[][], warmUpMs: number): Omit<RtpSeen, 'unseen'> {
  const all = passages.flat();
  const first = all.reduce((least, each) => Math.min(least, each.in), Infinity);
  const last = all.reduce((most, each) => Math.max(most, each.in), 0);
  const counts = (each: Passage): boolean =>
    each.in >= first + warmUpMs && each.in <= last - TAIL_MS;
  const counted = all.filter(counts);
  const delays = Float64Array.from(
    counted.filter(({ out }) => out < Infinity),
    (each) => each.out - each.in,
  ).sort();
  const at = (share: number): number =>
    delays[Math.max(0, Math.ceil(share * delays.length) - 1)] ?? 0;
  return {
    sent: counted.length,
    lost: counted.length - delays.length,
    late: delays.filter((ms) => ms > LATE_MS).length,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    p999Ms: at(0.999),
    sentLate: passages.reduce((sum, each) => sum + lateToLeave(each, counts), 0),
  };
}

/** A caller that was ever punctual shows by that when its other packets were due. */
function lateToLeave(ofCaller: readonly Passage[], counts: (each: Passage) => boolean): number {
  const begun = ofCaller.reduce(
    (least, each, count) => Math.min(least, each.in - count * PERIOD_MS),
    Infinity,
  );
  return ofCaller.filter((each, n) => counts(each) && each.in - n * PERIOD_MS - begun > LATE_MS)
    .length;
}
