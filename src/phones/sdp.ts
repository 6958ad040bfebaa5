import type { Body } from './compose.js';

export interface SdpOptions {
  /** Media address; it may be one that nobody has, since phones send no RTP. */
  readonly address?: string;
  readonly port?: number;
  readonly direction?: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
  readonly version?: number;
  /** Text of the o= line's user name. */
  readonly user?: string;
  readonly subject?: string;
  /** Lines between s= and c=, such as `i=`, `u=`, `e=`, `p=`. */
  readonly sessionLines?: readonly string[];
  /** Attribute lines at the end of the audio section. */
  readonly mediaLines?: readonly string[];
}

/** An audio description: PCMU, PCMA and telephone events. */
export function sdp(options: SdpOptions = {}): Body {
  const address = options.address ?? '198.51.100.77';
  const family = address.includes(':') ? 'IP6' : 'IP4';
  const lines = [
    'v=0',
    `o=${options.user ?? '-'} 7001 ${options.version ?? 1} IN ${family} ${address}`,
    `s=${options.subject ?? '-'}`,
    ...(options.sessionLines ?? []),
    `c=IN ${family} ${address}`,
    't=0 0',
    `m=audio ${options.port ?? 40_000} RTP/AVP 0 8 101`,
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-15',
    `a=${options.direction ?? 'sendrecv'}`,
    ...(options.mediaLines ?? []),
  ];
  return { type: 'application/sdp', text: lines.join('\r\n') + '\r\n' };
}
