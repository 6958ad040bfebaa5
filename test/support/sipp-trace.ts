/** `UDP message received [512] bytes :` and the message, between dashed lines with a time. */
const RECEIVED = /^(?:UDP|TCP) message received \[(\d+)\] bytes ?:\s*\n\n?/gm;

/** The messages that SIPp received, cut out of its message trace, as bytes. */
export function receivedIn(trace: string): Buffer {
  const parts = [...trace.matchAll(RECEIVED)].map((match) => {
    const start = match.index + match[0].length;
    return Buffer.from(trace.slice(start, start + Number(match[1])), 'latin1');
  });
  return Buffer.concat(parts);
}
