import type { IdKind, Ids } from '../domain/ids.js';
import type { Clock } from '../domain/time.js';
import { randomBytesDrawer } from './random-bytes.js';

/** Crockford's base 32: no I, L, O or U, and it sorts like the number it writes. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TAIL_BYTES = 10;
const RANDOM_LIMIT = 1n << BigInt(TAIL_BYTES * 8);

/**
 * ULIDs (github.com/ulid/spec) that never go backwards within this process: paging relies on
 * ids sorting by the time they were made, so ids of one millisecond, or of a clock that was set
 * back, count on from the last one.
 */
export function ulidIds(clock: Pick<Clock, 'now'>): Ids {
  const randomBytes = randomBytesDrawer();
  const randomTail = (): bigint => BigInt(`0x${randomBytes(TAIL_BYTES).toString('hex')}`);
  let time = -1;
  let tail = 0n;

  const nextUlid = (): string => {
    const now = clock.now();
    if (now > time) {
      time = now;
      tail = randomTail();
    } else {
      tail += 1n;
      if (tail === RANDOM_LIMIT) {
        time += 1;
        tail = randomTail();
      }
    }
    return base32(BigInt(time), 10) + base32(tail, 16);
  };

  return {
    next: (kind: IdKind): string => `${kind}_${nextUlid()}`,
    random: (bytes: number): string => randomBytes(bytes).toString('hex'),
  };
}

function base32(value: bigint, length: number): string {
  let text = '';
  let rest = value;
  for (let i = 0; i < length; i += 1) {
    text = ALPHABET.charAt(Number(rest & 31n)) + text;
    rest >>= 5n;
  }
  return text;
}
