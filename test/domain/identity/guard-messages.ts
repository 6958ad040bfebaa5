/**
 * Ordinary SIP messages as Callveil and its SIP engine write them, with every random part made
 * from `random`; test/bench reads them too.
 */
export interface MessageParts {
  /** Lower-case hex of so many bytes. */
  readonly hex: (bytes: number) => string;
  /** A whole number below `limit`. */
  readonly below: (limit: number) => number;
  readonly callee: string;
  readonly did: string;
  readonly own: string;
  readonly peer: string;
}

export function anInvite(parts: MessageParts, headers: string[] = [], body?: string): string {
  const { hex, below, callee, did, own, peer } = parts;
  const sdp = body ?? anSdp(parts);
  return [
    `INVITE sip:${callee}@${peer}:5060;transport=udp SIP/2.0`,
    `Via: SIP/2.0/UDP ${own}:5060;rport;branch=z9hG4bK${hex(8)}`,
    'Max-Forwards: 69',
    `From: <sip:${did}@${own}:5060>;tag=${hex(8)}`,
    `To: <sip:${callee}@${peer}>`,
    `Call-ID: ${hex(16)}`,
    `CSeq: ${below(2 ** 31)} INVITE`,
    `Contact: <sip:${hex(8)}@${own}:5060>`,
    `P-Asserted-Identity: <sip:${did}@${own}:5060>`,
    'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK',
    'Supported: timer',
    'Session-Expires: 1800;refresher=uac',
    'Min-SE: 90',
    'User-Agent: Callveil',
    `Proxy-Authorization: Digest username="callveil", realm="carrier.example", nonce="${hex(16)}", uri="sip:${callee}@${peer}", response="${hex(16)}", algorithm=MD5, cnonce="${hex(4)}", qop=auth, nc=00000001`,
    `Date: Sun, ${10 + below(18)} Nov 2026 ${10 + below(14)}:${10 + below(50)}:${10 + below(50)} GMT`,
    ...headers,
    'Content-Type: application/sdp',
    `Content-Length: ${sdp.length}`,
    '',
    sdp,
  ].join('\r\n');
}

export function anSdp({ hex, below, own }: MessageParts, lines: string[] = []): string {
  const key = Buffer.from(hex(30), 'hex').toString('base64');
  return `${[
    'v=0',
    `o=- ${below(2 ** 31)} ${1 + below(9)} IN IP4 ${own}`,
    's=-',
    `c=IN IP4 ${own}`,
    't=0 0',
    `m=audio ${1024 + below(64_000)} RTP/SAVP 0 8 3 9 18 4 96 97 101`,
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:96 opus/48000/2',
    'a=rtpmap:97 G726-32/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-15,66,70',
    'a=fmtp:96 useinbandfec=1;maxaveragebitrate=20000',
    'a=ptime:20',
    `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key}`,
    ...lines,
    'a=sendrecv',
  ].join('\r\n')}\r\n`;
}

export function aBye({ hex, below, callee, did, own, peer }: MessageParts): string {
  return [
    `BYE sip:${hex(8)}@${peer}:5060 SIP/2.0`,
    `Via: SIP/2.0/UDP ${own}:5060;rport;branch=z9hG4bK${hex(8)}`,
    `Route: <sip:${peer};lr;ftag=${hex(4)}>`,
    `From: <sip:${did}@${own}>;tag=${hex(8)}`,
    `To: <sip:${callee}@${peer}>;tag=as${hex(4)}`,
    `Call-ID: ${hex(4)}-${hex(2)}-${hex(2)}-${hex(2)}-${hex(6)}`,
    `CSeq: ${below(2 ** 31)} BYE`,
    `RAck: ${below(2 ** 31)} ${below(1000)} INVITE`,
    'Reason: Q.850;cause=16',
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
}

export function anAnswer(parts: MessageParts): string {
  const { hex, below, callee, did, own, peer } = parts;
  const sdp = anSdp(parts);
  return [
    'SIP/2.0 200 OK',
    `Via: SIP/2.0/UDP ${peer}:5060;received=${peer};rport=${below(65_536)};branch=z9hG4bK-${below(9999)}-1-0`,
    `From: "${did}" <sip:${callee}@${peer}>;tag=${hex(4)}SIPpTag001`,
    `To: <sip:${did}@${own}>;tag=${hex(8)}`,
    `Call-ID: ${below(9)}-${below(99_999)}@${peer}`,
    'CSeq: 1 INVITE',
    `Contact: <sip:${hex(8)}@${own}:5060>`,
    'Server: Callveil',
    'Content-Type: application/sdp',
    `Content-Length: ${sdp.length}`,
    '',
    sdp,
  ].join('\r\n');
}
