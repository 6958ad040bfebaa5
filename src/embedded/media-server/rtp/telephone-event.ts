/** Octets of an event's payload (RFC 4733 §2.3). */
export const eventOctets = 4;

const digitOfEvent = '0123456789*#ABCD';

export interface TelephoneEvent {
  /** RFC 4733 §3.2: 0 to 15 are the digits of DTMF. */
  readonly event: number;
  readonly end: boolean;
  /** In samples of 8 kHz, from the packet's timestamp on. */
  readonly duration: number;
}

/** Undefined: too short to be an event. */
export function readTelephoneEvent(
  bytes: Buffer,
  start: number,
  end: number,
): TelephoneEvent | undefined {
  if (end - start < eventOctets) return undefined;
  return {
    event: bytes[start] ?? 0,
    end: (bytes[start + 1] ?? 0) >= 0x80,
    duration: bytes.readUInt16BE(start + 2),
  };
}

/** Volume is -10 dBm0, of the range that is usual for DTMF. */
export function writeTelephoneEvent(bytes: Buffer, at: number, event: TelephoneEvent): void {
  bytes[at] = event.event;
  bytes[at + 1] = (event.end ? 0x80 : 0) | 10;
  bytes.writeUInt16BE(event.duration, at + 2);
}

/** Undefined: not a digit of DTMF, such as a hook flash. */
export function digitOf(event: number): string | undefined {
  return digitOfEvent[event];
}

/** Undefined: not a digit of DTMF. */
export function eventOf(digit: string): number | undefined {
  const event = digitOfEvent.indexOf(digit.toUpperCase());
  return event === -1 || digit.length !== 1 ? undefined : event;
}
