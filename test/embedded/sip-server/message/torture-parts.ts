/**
 * Messages of RFC 4475, by its own names and sections, and what becomes of each in the parser:
 * `valid`, a status it is refused with, or `dropped` when nothing can be answered.
 */
export interface TortureMessage {
  readonly name: string;
  readonly section: string;
  readonly outcome: 'valid' | 'dropped' | 400 | 505;
  readonly lines: readonly string[];
  readonly body?: string;
}

export const sdp = [
  'v=0',
  'o=mhandley 29739 7272939 IN IP4 192.0.2.3',
  's=-',
  'c=IN IP4 192.0.2.4',
  't=0 0',
  'm=audio 49217 RTP/AVP 0 12',
  'm=video 3227 RTP/AVP 31',
  'a=rtpmap:31 LPC',
  '',
].join('\r\n');

/** The five fields everyone has, for messages whose point lies elsewhere. */
export function usual(name: string, cseq: string): string[] {
  return [
    `Via: SIP/2.0/UDP host1.example.com;branch=z9hG4bK-${name}`,
    'Max-Forwards: 70',
    'To: sip:user@example.com',
    'From: sip:caller@example.net;tag=39291',
    `Call-ID: ${name}.1@192.0.2.1`,
    `CSeq: ${cseq}`,
  ];
}

export const contact = 'Contact: <sip:caller@host1.example.net>';
