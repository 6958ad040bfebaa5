/**
 * What a text says once it is decoded: percent-encoding, backslashes, quoted-printable, base64.
 * Each is undone once; a secret wrapped twice is beyond the guard.
 */

// The look behind keeps a short word from being tried again at each of its letters.
const BASE64 = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{10,}/g;

// Base64 of digits or words always has capitals, and not only where a word of a field name begins.
const HEX_OR_WORD = /^[a-z0-9+/_-]*$|^[A-Z][a-z]*(?:-[A-Z][a-z]*)*$/;

/** Other readings of `text`; usually none. */
export function disguisedIn(text: string): string[] {
  const found: string[] = [];
  if (text.includes('%')) found.push(percentDecoded(text));
  if (text.includes('\\')) found.push(text.replace(/\\(.)/g, '$1'));
  if (text.includes('=3')) found.push(text.replace(/=3([0-9])/g, '$1'));
  if (text.includes('  ') || text.includes('\t')) found.push(text.replace(/[ \t]+/g, ' '));
  return [...found, ...decodedBase64(text)];
}

/** RFC 3986 §2.1 as far as it is well-formed; the rest stays as it is. */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
}

/** What base64 and base64url tokens hold, so also the parts of a JWT (RFC 8225). */
export function decodedBase64(text: string): string[] {
  const found: string[] = [];
  for (const token of text.match(BASE64) ?? []) {
    if (HEX_OR_WORD.test(token)) continue;
    found.push(Buffer.from(token, 'base64').toString('utf8'));
    // A path in front of a token shifts it: read what follows the last slash as well.
    const slash = token.lastIndexOf('/');
    if (slash >= 0) found.push(Buffer.from(token.slice(slash + 1), 'base64').toString('utf8'));
  }
  return found;
}
