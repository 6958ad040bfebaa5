/** What can be typed on a telephone, and is long enough not to be typed by chance. */
const LEAST = 4;
const MOST = 20;

/**
 * The case number that a caller may type: the digits of the tenant's reference, such as 20417 of
 * `ORD-20417`. Undefined where there are too few or too many.
 */
export function caseNumberOf(reference: string | undefined): string | undefined {
  const digits = reference?.replace(/\D/g, '') ?? '';
  return digits.length >= LEAST && digits.length <= MOST ? digits : undefined;
}

export const LONGEST_CASE_NUMBER = MOST;
