/** The part of a body that is asked for; both ends included. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Reads a Range header (RFC 9110 §14.2) for a body of `size` bytes. Several ranges at once, or
 * another unit, are answered with the whole body, as the RFC allows.
 * @returns undefined for the whole body; `unsatisfiable` when nothing of it is asked for.
 */
export function byteRange(
  header: string | undefined,
  size: number,
): ByteRange | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  return first === '' ? ending(Number(last), size) : starting(Number(first), last, size);
}

function ending(length: number, size: number): ByteRange | 'unsatisfiable' {
  if (length === 0 || size === 0) return 'unsatisfiable';
  return { from: Math.max(0, size - length), to: size - 1 };
}

function starting(from: number, last: string, size: number): ReturnType<typeof byteRange> {
  const to = last === '' ? size - 1 : Math.min(size - 1, Number(last));
  // An end before its beginning is no range at all.
  if (last !== '' && Number(last) < from) return undefined;
  return from >= size ? 'unsatisfiable' : { from, to };
}
