/** Messages for tests: lines joined as the wire wants them. */

export function wire(lines: readonly string[], body = ''): Buffer {
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'utf8');
}

interface RequestParts {
  readonly startLine?: string;
  readonly via?: readonly string[];
  readonly from?: readonly string[];
  readonly to?: readonly string[];
  readonly callId?: readonly string[];
  readonly cseq?: readonly string[];
  readonly more?: readonly string[];
  readonly body?: string;
}

/** An OPTIONS that is right in every respect save the parts given. */
export function optionsRequest(parts: RequestParts = {}): Buffer {
  return wire(
    [
      parts.startLine ?? 'OPTIONS sip:ping@192.0.2.1 SIP/2.0',
      ...(parts.via ?? ['Via: SIP/2.0/UDP 192.0.2.7:5080;branch=z9hG4bKa1;rport']),
      ...(parts.from ?? ['From: <sip:alice@example.com>;tag=a']),
      ...(parts.to ?? ['To: <sip:ping@192.0.2.1>']),
      ...(parts.callId ?? ['Call-ID: c1@192.0.2.7']),
      ...(parts.cseq ?? ['CSeq: 1 OPTIONS']),
      ...(parts.more ?? ['Content-Length: 0']),
    ],
    parts.body,
  );
}
