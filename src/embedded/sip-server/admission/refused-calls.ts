/** 64·T1: for so long a caller may repeat an INVITE that he has no answer to. */
const rememberedMs = 32_000;
const mostPerHalf = 200_000;

/**
 * INVITEs that were refused without keeping a transaction. One that comes again must not be let in
 * meanwhile: its caller may have the refusal by then, and the phone at the other end would ring for
 * nobody. What is kept is a hash of 53 bits each, in two halves of which the older is thrown away.
 */
export class RefusedCalls {
  #recent = new Set<number>();
  #older = new Set<number>();
  #turnedAtMs: number;

  constructor(nowMs: number) {
    this.#turnedAtMs = nowMs;
  }

  has(key: string, nowMs: number): boolean {
    if (this.#recent.size === 0 && this.#older.size === 0) return false;
    this.#turn(nowMs);
    const hash = hashOf(key);
    return this.#recent.has(hash) || this.#older.has(hash);
  }

  add(key: string, nowMs: number): void {
    this.#turn(nowMs);
    this.#recent.add(hashOf(key));
  }

  #turn(nowMs: number): void {
    const age = nowMs - this.#turnedAtMs;
    if (age < rememberedMs && this.#recent.size < mostPerHalf) return;
    this.#older = age < 2 * rememberedMs ? this.#recent : new Set();
    this.#recent = new Set();
    this.#turnedAtMs = nowMs;
  }
}

/** FNV-1a twice over, from two starts: 21 bits of one above 32 of the other. */
function hashOf(text: string): number {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x01000193) ^ (high >>> 13);
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}
