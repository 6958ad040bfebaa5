import { randomFillSync } from 'node:crypto';

/** Drawn from the kernel's generator at once: a call needs some 50 bytes in five small pieces. */
const DRAW = 4096;

/**
 * Random bytes as `crypto.randomBytes` gives them, drawn in larger pieces: what a draw costs is the
 * call, not its bytes. No byte is given twice, and what was given is wiped.
 */
export function randomBytesDrawer(
  fill: (into: Buffer) => void = randomFillSync,
): (bytes: number) => Buffer {
  const drawn = Buffer.alloc(DRAW);
  let at = DRAW;

  return (bytes) => {
    if (bytes > DRAW) throw new RangeError(`at most ${DRAW} random bytes at a time`);
    if (at + bytes > DRAW) {
      fill(drawn);
      at = 0;
    }
    const given = Buffer.from(drawn.subarray(at, at + bytes));
    drawn.fill(0, at, at + bytes);
    at += bytes;
    return given;
  };
}
