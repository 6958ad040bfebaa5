import type { Body } from './compose.js';

export interface SdpOptions {
  /** Media address; one that nobody has where no audio is sent. */
  readonly address?: string;
  readonly port?: number;
  readonly direction?: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
  readonly version?: number;
  /** Session id of the o= line. */
  readonly sessionId?: string;
  /** Payload types in their order, each with its `a=rtpmap` text; default: PCMU, PCMA, events. */
  readonly payloads?: ReadonlyMap<number, string>;
  /** Text of the o= line's user name. */
  readonly user?: string;
  readonly subject?: string;
  /** Lines between s= and c=, such as `i=`, `u=`, `e=`, `p=`. */
  readonly sessionLines?: readonly string[];
  /** Attribute lines at the end of the audio section. */
  readonly mediaLines?: readonly string[];
}

const PAYLOADS: ReadonlyMap<number, string> = new Map([
  [0, 'PCMU/8000'],
  [8, 'PCMA/8000'],
  [101, 'telephone-event/8000'],
]);

/** An audio description. */
export function sdp(options: SdpOptions = {}): Body {
  const told = { address: '198.51.100.77', user: '-', subject: '-', version: 1, ...options };
  const family = told.address.includes(':') ? 'IP6' : 'IP4';
  const lines = [
    'v=0',
    `o=${told.user} ${options.sessionId ?? 7001} ${told.version} IN ${family} ${told.address}`,
    `s=${told.subject}`,
    ...(options.sessionLines ?? []),
    `c=IN ${family} ${told.address}`,
    't=0 0',
    ...audioLines(options),
    ...(options.mediaLines ?? []),
  ];
  return { type: 'application/sdp', text: lines.join('\r\n') + '\r\n' };
}

function audioLines({ port = 40_000, direction = 'sendrecv', payloads = PAYLOADS }: SdpOptions) {
  const named = [...payloads];
  const events = named.filter(([, name]) => name.startsWith('telephone-event'));
  return [
    `m=audio ${port} RTP/AVP ${[...payloads.keys()].join(' ')}`,
    ...named.map(([payload, name]) => `a=rtpmap:${payload} ${name}`),
    ...events.map(([payload]) => `a=fmtp:${payload} 0-15`),
    `a=${direction}`,
  ];
}

/** Where a description wants its audio, and what it calls which payload type, best first. */
export interface OfferedAudio {
  readonly address: string;
  readonly port: number;
  readonly payloads: ReadonlyMap<number, string>;
}

const STATIC: Readonly<Record<number, string>> = { 0: 'PCMU/8000', 8: 'PCMA/8000' };

/** Reads the audio section of a description. @throws Error when there is none. */
export function mediaOf(description: string): OfferedAudio {
  const audio = /^m=audio (\d+) \S+ ([\d ]+)/m.exec(description);
  const address = /^c=IN IP[46] (\S+)/m.exec(description)?.[1];
  if (audio === null || address === undefined) throw new Error('a description without audio');
  const names = new Map(
    [...description.matchAll(/^a=rtpmap:(\d+) (\S+)/gm)].map(([, payload, name]) => [
      Number(payload),
      name,
    ]),
  );
  const payloads = (audio[2] ?? '').trim().split(' ').map(Number);
  return {
    address,
    port: Number(audio[1]),
    payloads: new Map(payloads.map((one) => [one, names.get(one) ?? STATIC[one] ?? ''])),
  };
}
