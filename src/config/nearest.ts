/** Levenshtein distance: how many letters to insert, delete or replace. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1];
    for (const [j, other] of Array.from(b).entries()) {
      const replace = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replace, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The known word that was most probably meant, or undefined when none is near enough to say so. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const spelled = word.toLowerCase().replaceAll('-', '_');
  const limit = Math.max(2, Math.floor(word.length / 3));
  let best: { readonly word: string; readonly far: number } | undefined;
  for (const candidate of known) {
    // `token` for `token_file` is a whole word left out, which counts many letters.
    const far =
      candidate.startsWith(spelled) && spelled.length > 2 ? 1 : distance(spelled, candidate);
    if (far <= limit && (best === undefined || far < best.far)) best = { word: candidate, far };
  }
  return best?.word;
}
