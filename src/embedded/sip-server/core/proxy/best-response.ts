/** RFC 3261 §16.7 step 6: these tell a caller how to ask again with success. */
const helpful = new Set([401, 407, 415, 420, 484]);

/**
 * The failure to pass on when no destination has accepted: a 6xx, else one of the lowest class,
 * and in it what helps the caller most (RFC 3261 §16.7 step 6).
 */
export function bestFailure<T extends { readonly status: number }>(
  failures: readonly T[],
): T | undefined {
  return [...failures].sort((a, b) => rank(a.status) - rank(b.status))[0];
}

function rank(status: number): number {
  if (status >= 600) return 0;
  const withinClass = helpful.has(status) ? 0 : status === 503 ? 2 : 1;
  return Math.floor(status / 100) * 10 + withinClass;
}
