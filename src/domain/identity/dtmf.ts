/** A DTMF digit that came or goes in an INFO body. */
export interface Dtmf {
  /** One of 0-9 * # A-D. */
  readonly digit: string;
  readonly durationMs: number;
}

const LONGEST_BODY = 256;
const DEFAULT_MS = 160;
const SHORTEST_MS = 40;
const LONGEST_MS = 6000;

/** Digits 10 to 15 of application/dtmf, which some stacks write as event codes (RFC 4733 §3.2). */
const BY_EVENT: Readonly<Record<string, string>> = {
  '10': '*',
  '11': '#',
  '12': 'A',
  '13': 'B',
  '14': 'C',
  '15': 'D',
};

/**
 * Reads the body of an INFO: application/dtmf-relay (`Signal=5`, `Duration=160`) or
 * application/dtmf (the digit alone). Undefined when it is neither or cannot be read.
 */
export function readDtmf(contentType: string | undefined, body: string): Dtmf | undefined {
  if (body.length > LONGEST_BODY) return undefined;
  switch (contentType?.split(';', 1)[0]?.trim().toLowerCase()) {
    case 'application/dtmf-relay':
      return readRelay(body);
    case 'application/dtmf':
      return dtmf(body.trim(), undefined);
    default:
      return undefined;
  }
}

function readRelay(body: string): Dtmf | undefined {
  const fields = new Map<string, string>();
  for (const line of body.split(/\r?\n/)) {
    const [name = '', value = ''] = line.split('=', 2);
    fields.set(name.trim().toLowerCase(), value.trim());
  }
  return dtmf(fields.get('signal') ?? '', fields.get('duration'));
}

function dtmf(signal: string, duration: string | undefined): Dtmf | undefined {
  const digit = BY_EVENT[signal] ?? signal.toUpperCase();
  if (!/^[0-9*#A-D]$/.test(digit)) return undefined;
  const ms = duration !== undefined && /^\d{1,5}$/.test(duration) ? Number(duration) : DEFAULT_MS;
  return { digit, durationMs: Math.min(LONGEST_MS, Math.max(SHORTEST_MS, ms)) };
}

/** Digits as we send them of our own accord: of 0-9 * # A-D, each as long as a key is pressed. */
export const pressed = (digits: string): readonly Dtmf[] =>
  Array.from(digits, (digit) => ({ digit, durationMs: DEFAULT_MS }));

/** Our own INFO body for a digit. */
export function writeDtmf({ digit, durationMs }: Dtmf): {
  readonly contentType: string;
  readonly body: string;
} {
  return {
    contentType: 'application/dtmf-relay',
    body: `Signal=${digit}\r\nDuration=${String(durationMs)}\r\n`,
  };
}
