import { createHmac, randomBytes, randomUUID } from 'node:crypto';

const poolBytes = 8_192;
let pool = '';
let used = 0;

/** Unguessable hexadecimal digits; drawn in bulk because every message needs some. */
function hex(digits: number): string {
  if (used + digits > pool.length) {
    pool = randomBytes(poolBytes).toString('hex');
    used = 0;
  }
  used += digits;
  return pool.slice(used - digits, used);
}

/** RFC 3261 §8.1.1.7: the magic cookie says that the branch is globally unique. */
export function newBranch(): string {
  return `z9hG4bK${hex(20)}`;
}

/** RFC 3261 §19.3 asks for at least 32 random bits; 64 also keep strangers from guessing. */
export function newTag(): string {
  return hex(16);
}

const tagSecret = randomBytes(16);

/** The same tag whenever the same request comes, for answers that keep no state (RFC 3261 §8.2.7). */
export function tagFor(request: string): string {
  return createHmac('sha256', tagSecret).update(request).digest('hex').slice(0, 16);
}

export function newUuid(): string {
  return randomUUID();
}

/** RFC 3261 §8.1.1.5: below 2³¹; small enough to leave room for every later increment. */
export function newCSeq(): number {
  return 1 + parseInt(hex(6), 16);
}

/** RFC 3262 §3: the first RSeq is random between 1 and 2³¹ - 1. */
export function newRSeq(): number {
  return newCSeq();
}
