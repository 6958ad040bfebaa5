/**
 * A copy in memory of its own, for bytes that outlive their moment. Small buffers share slabs of
 * 8 kB, and one answer kept for half a minute would hold on to a slab full of others.
 */
export function keep(bytes: Buffer): Buffer {
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}
