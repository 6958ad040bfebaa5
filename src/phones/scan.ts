import { spellingsOfNumber, spellingsOfText } from './spellings.js';

/** Something of one side that the other side must never receive. */
export interface Secret {
  /** What it is, in words: `the customer's number`. */
  readonly what: string;
  readonly spellings: readonly string[];
}

export interface Finding {
  readonly what: string;
  readonly spelling: string;
  /** The text around it. */
  readonly around: string;
}

export const secretNumber = (what: string, e164: string, countryCode = '1'): Secret => ({
  what,
  spellings: spellingsOfNumber(e164, countryCode),
});

export const secretText = (what: string, text: string): Secret => ({
  what,
  spellings: spellingsOfText(text),
});

/** Something that stands in packets as bytes, or in text as hexadecimal digits. */
export const secretBytes = (what: string, bytes: Uint8Array | readonly number[]): Secret => ({
  what,
  spellings: [Buffer.from(bytes).toString('latin1'), Buffer.from(bytes).toString('hex')],
});

/** Reads bytes as they are and percent-decoded, case-blind, for every spelling of every secret. */
export function scan(bytes: Buffer, secrets: readonly Secret[]): Finding[] {
  const views = [bytes.toString('latin1'), percentDecoded(bytes.toString('latin1'))];
  const lower = views.map((view) => view.toLowerCase());
  return secrets.flatMap(({ what, spellings }) =>
    spellings.flatMap((spelling) => {
      const view = lower.findIndex((text) => text.includes(spelling.toLowerCase()));
      const text = views[view];
      if (text === undefined) return [];
      const at = lower[view]?.indexOf(spelling.toLowerCase()) ?? 0;
      const around = text.slice(Math.max(0, at - 40), at + spelling.length + 20);
      return [{ what, spelling, around: around.replace(/[\r\n]+/g, ' ⏎ ') }];
    }),
  );
}

function percentDecoded(text: string): string {
  return text.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
