/** Which side of the B2BUA wrote something. */
export type Side = 'carrier' | 'pbx';

/** One unique token and where it was planted: a hit names its field, message and direction. */
export interface Canary {
  readonly token: string;
  readonly field: string;
  readonly variant: string;
  /** Method or status of the message, such as `re-INVITE` or `183`. */
  readonly message: string;
  readonly from: Side;
}

const TOKEN = /cnry[0-9a-z]{4}z/g;

/** Makes canaries and remembers them. */
export class Aviary {
  readonly #planted = new Map<string, Canary>();

  plant(field: string, variant: string, message: string, from: Side): string {
    const token = `cnry${this.#planted.size.toString(36).padStart(4, '0')}z`;
    this.#planted.set(token, { token, field, variant, message, from });
    return token;
  }

  get all(): readonly Canary[] {
    return [...this.#planted.values()];
  }

  /** Canaries that one side planted and that are in bytes the other side received. */
  foundIn(bytes: Buffer, plantedBy: Side): readonly Canary[] {
    const tokens = new Set(
      views(bytes.toString('latin1')).flatMap((view) => view.match(TOKEN) ?? []),
    );
    return [...tokens].flatMap((token) => {
      const canary = this.#planted.get(token);
      return canary?.from === plantedBy ? [canary] : [];
    });
  }
}

/** A canary may have been re-coded on its way: JWT and UUI carry text as base64 and hex. */
function views(text: string): string[] {
  const lower = text.toLowerCase();
  const percent = text.replace(/%([0-9a-f]{2})/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  const base64 = [...text.matchAll(/[\w+/-]{16,}/g)].map(([word]) =>
    Buffer.from(word, 'base64').toString('latin1'),
  );
  const hex = [...text.matchAll(/[0-9a-f]{16,}/gi)].map(([word]) =>
    Buffer.from(word, 'hex').toString('latin1'),
  );
  return [lower, percent.toLowerCase(), base64.join(' '), hex.join(' ')];
}
