import { isIP } from 'node:net';
import { staticCodec, type AudioCodec } from './offered-codecs.js';

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** One m-line (RFC 4566 §5.14) with what counts of its attributes. */
export interface MediaLine {
  readonly media: string;
  readonly port: number;
  readonly protocol: string;
  readonly formats: readonly string[];
  /** Numeric; undefined when c= names no address that could be sent to. */
  readonly address: string | undefined;
  readonly codecs: readonly AudioCodec[];
  readonly direction: Direction;
  readonly ptime: number | undefined;
  readonly maxptime: number | undefined;
  /** From a=rtcp (RFC 3605). */
  readonly rtcpPort: number | undefined;
  readonly rtcpMux: boolean;
}

export interface SessionDescription {
  /** User, session id and version of o=, which tell descriptions apart. */
  readonly origin: string;
  readonly media: readonly MediaLine[];
}

const mostBytes = 16_384;
const mostLines = 512;
const mostMedia = 16;
const directions: readonly string[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];

interface Part {
  readonly lines: { readonly kind: string; readonly value: string }[];
}

/** Reads a description, leniently in what does not count; undefined when it is none. */
export function readDescription(text: string): SessionDescription | undefined {
  if (text.length > mostBytes || !/^v=0\r?\n/.test(text)) return undefined;
  const parts = partsOf(text);
  const [session, ...media] = parts ?? [];
  if (session === undefined || media.length > mostMedia) return undefined;
  const lines: MediaLine[] = [];
  for (const part of media) {
    const line = readMedia(part, session);
    if (line === undefined) return undefined;
    lines.push(line);
  }
  return { origin: valueOf(session, 'o') ?? '', media: lines };
}

/** The session part, then one for each m-line. */
function partsOf(text: string): Part[] | undefined {
  const lines = text.split(/\r?\n/);
  if (lines.length > mostLines) return undefined;
  let part: Part = { lines: [] };
  const parts = [part];
  for (const line of lines) {
    if (line === '') continue;
    if (line[1] !== '=') return undefined;
    if (line.startsWith('m=')) parts.push((part = { lines: [] }));
    part.lines.push({ kind: line[0] ?? '', value: line.slice(2) });
  }
  return parts;
}

function readMedia(part: Part, session: Part): MediaLine | undefined {
  const [media = '', portText = '', protocol = '', ...formats] = (valueOf(part, 'm') ?? '')
    .trim()
    .split(/ +/);
  // `port/2` asks for two ports, which audio does not do.
  if (!/^\d{1,5}$/.test(portText) || Number(portText) > 65_535 || protocol === '') return undefined;
  const attribute = (name: string): string | undefined => attributeOf(part, name);
  return {
    media,
    port: Number(portText),
    protocol,
    formats,
    address: addressOf(part) ?? addressOf(session),
    codecs: formats.flatMap((format) => codecOf(part, format)),
    direction: directionOf(part) ?? directionOf(session) ?? 'sendrecv',
    ptime: milliseconds(attribute('ptime')),
    maxptime: milliseconds(attribute('maxptime')),
    rtcpPort: portOf(attribute('rtcp')),
    rtcpMux: attribute('rtcp-mux') !== undefined,
  };
}

function codecOf(part: Part, format: string): AudioCodec[] {
  const payload = /^\d{1,3}$/.test(format) ? Number(format) : 128;
  if (payload > 127) return [];
  const fmtp = mappedTo(part, 'fmtp', payload);
  const map = mappedTo(part, 'rtpmap', payload);
  if (map === undefined) {
    const fixed = staticCodec(payload);
    return fixed === undefined ? [] : [{ ...fixed, fmtp }];
  }
  const match = /^([^/\s]+)\/(\d{1,6})(?:\/(\d{1,2}))?$/.exec(map.trim());
  if (match === null) return [];
  const [, name = '', rate = '', channels = '1'] = match;
  return [{ payload, name, clockRate: Number(rate), channels: Number(channels), fmtp }];
}

/** The value of `a=rtpmap:N …` or `a=fmtp:N …`. */
function mappedTo(part: Part, name: string, payload: number): string | undefined {
  const start = `${name}:${String(payload)} `;
  const line = part.lines.find(({ kind, value }) => kind === 'a' && value.startsWith(start));
  return line?.value.slice(start.length);
}

/** `''` for a flag; undefined when it is not there. */
function attributeOf(part: Part, name: string): string | undefined {
  for (const { kind, value } of part.lines) {
    if (kind !== 'a') continue;
    if (value.trim() === name) return '';
    if (value.startsWith(`${name}:`)) return value.slice(name.length + 1).trim();
  }
  return undefined;
}

function directionOf(part: Part): Direction | undefined {
  const line = part.lines.find(({ kind, value }) => kind === 'a' && directions.includes(value));
  return line?.value as Direction | undefined;
}

/** A name would have to be looked up, and who writes it could send our audio anywhere. */
function addressOf(part: Part): string | undefined {
  const [, , address = ''] = (valueOf(part, 'c') ?? '').trim().split(/[ /]+/);
  return isIP(address) === 0 ? undefined : address;
}

function valueOf(part: Part, wanted: string): string | undefined {
  return part.lines.find(({ kind }) => kind === wanted)?.value;
}

function milliseconds(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,3}$/.test(text) ? Number(text) : undefined;
}

function portOf(text: string | undefined): number | undefined {
  const port = Number(/^(\d{1,5})(?: |$)/.exec(text ?? '')?.[1]);
  return port >= 1 && port <= 65_535 ? port : undefined;
}
