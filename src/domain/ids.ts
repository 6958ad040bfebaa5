/**
 * Identifiers and randomness as a service, so that tests can name what they expect.
 * Public ids carry their kind as a prefix (`call_…`) and sort by the time they were made.
 */
export type IdKind = 'sess' | 'part' | 'call' | 'leg' | 'pty' | 'req' | 'rec';

export interface Ids {
  /** A new id such as `call_01JD…`: the kind, then 26 characters of ULID (time, then 80 random bits). */
  next(kind: IdKind): string;
  /** Unguessable text of `bytes` random bytes as lower-case hex: SIP tags, Call-IDs, nonces. */
  random(bytes: number): string;
}
