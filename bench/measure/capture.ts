import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Address } from '../../src/phones/address.js';
import { Child } from './child.js';

/** `INVI`, the first four bytes of the payload behind a UDP header of eight. */
const INVITES = 'udp[8:4]=0x494e5649';
/** Start line, Via, From, To and Call-ID fit; SDP is of no interest. */
const SNAP_BYTES = 900;

/** The kernel hands packets over in blocks, a second late at most; tcpdump forgets the last block. */
const DELIVERY_MS = 1500;

/** An INVITE as it stood on the wire, with the kernel's time. */
export interface SeenInvite {
  readonly atMs: number;
  readonly fromSystem: boolean;
  /** User part of the Request-URI. */
  readonly dialed: string;
  /** User part of the From URI. */
  readonly caller: string;
  readonly callId: string;
}

/**
 * Writes down every INVITE that enters or leaves the system. The kernel filters and stamps the
 * packets, so that neither SIPp's nor our own wait for a core counts as delay of the system; two
 * packets a call are copied.
 */
export class Capture {
  readonly #child: Child;
  readonly #system: Address;

  private constructor(child: Child, system: Address) {
    this.#child = child;
    this.#system = system;
  }

  static async start(name: string, directory: string, system: Address): Promise<Capture> {
    const filter = `udp and host ${system.host} and port ${system.port} and ${INVITES}`;
    const args = ['-i', 'lo', '-n', '-s', String(SNAP_BYTES), '-B', '16384', '-w', '-', filter];
    const child = new Child({ name, command: 'tcpdump', args, directory });
    await child.until(() => child.words().includes('listening on'), 5000);
    return new Capture(child, system);
  }

  get pid(): number {
    return this.#child.pid;
  }

  async stop(): Promise<SeenInvite[]> {
    await sleep(DELIVERY_MS);
    await this.#child.stop();
    return readCapture(readFileSync(this.#child.stdoutFile), this.#system);
  }
}

/** libpcap's file format: a header of 24 bytes, then packets behind 16 bytes each. */
function readCapture(file: Buffer, system: Address): SeenInvite[] {
  const seen: SeenInvite[] = [];
  for (let at = 24; at + 16 <= file.length;) {
    const atMs = file.readUInt32LE(at) * 1000 + file.readUInt32LE(at + 4) / 1000;
    const end = at + 16 + file.readUInt32LE(at + 8);
    const invite = readInvite(file.subarray(at + 16, end), system);
    if (invite !== undefined) seen.push({ atMs, ...invite });
    at = end;
  }
  return seen;
}

function readInvite(frame: Buffer, system: Address): Omit<SeenInvite, 'atMs'> | undefined {
  const ip = 14;
  const udp = ip + ((frame[ip] ?? 0) & 0x0f) * 4;
  if (frame.length < udp + 8) return undefined;
  const sourceHost = frame.subarray(ip + 12, ip + 16).join('.');
  const text = frame.toString('latin1', udp + 8);
  return {
    fromSystem: sourceHost === system.host && frame.readUInt16BE(udp) === system.port,
    dialed: /^INVITE sips?:([^@>; ]+)@/.exec(text)?.[1] ?? '',
    caller: /^From:[^\n]*?sips?:([^@>; ]+)@/im.exec(text)?.[1] ?? '',
    callId: /^Call-ID:\s*(\S+)/im.exec(text)?.[1] ?? '',
  };
}
