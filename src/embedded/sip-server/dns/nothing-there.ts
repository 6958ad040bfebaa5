/** ENOTFOUND and ENODATA are the word of a name server; the others lie in the question itself. */
const definite = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME', 'EAI_ADDRFAMILY']);

/** Whether a look-up failed because there is no such record, and not because nobody could say. */
export function isNothingThere(error: unknown): boolean {
  return error instanceof Error && 'code' in error && definite.has(String(error.code));
}
