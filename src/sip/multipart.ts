/** One part of a multipart body (RFC 2046 §5.1), as far as we read it. */
export interface BodyPart {
  /** Media type in lower case, without parameters. */
  readonly type: string;
  /** Value of Content-ID, angle brackets included. */
  readonly contentId: string | undefined;
  /** The sender can do without our understanding it (RFC 3204 §5, `handling=optional`). */
  readonly optional: boolean;
  readonly content: string;
}

/** More parts than any device sends; the rest would only cost time. */
const MOST_PARTS = 16;

/** The parts of a `multipart/mixed` body; undefined when it is none or has no proper boundary. */
export function readMultipart(contentType: string, body: string): BodyPart[] | undefined {
  if (!/^\s*multipart\/mixed\s*;/i.test(contentType)) return undefined;
  const named = /;\s*boundary\s*=\s*(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
  const boundary = named?.[1] ?? named?.[2];
  if (boundary === undefined) return undefined;
  const pieces = `\r\n${body}`.split(`\r\n--${boundary}`, MOST_PARTS + 2);
  if (pieces.length < 2 || pieces.length > MOST_PARTS + 1) return undefined;
  return pieces
    .slice(1)
    .filter((piece) => !piece.startsWith('--'))
    .map(readPart);
}

function readPart(piece: string): BodyPart {
  const end = piece.indexOf('\r\n\r\n');
  const head = end === -1 ? piece : piece.slice(0, end);
  const field = (name: string): string | undefined =>
    new RegExp(`\\r\\n${name}[ \\t]*:[ \\t]*([^\\r\\n]*)`, 'i').exec(head)?.[1]?.trim();
  return {
    type: (field('Content-Type') ?? 'text/plain').split(';')[0]?.trim().toLowerCase() ?? '',
    contentId: field('Content-ID'),
    optional: /;\s*handling\s*=\s*"?optional/i.test(field('Content-Disposition') ?? ''),
    content: end === -1 ? '' : piece.slice(end + 4),
  };
}

/** Writes parts under a boundary of our own. */
export function writeMultipart(
  parts: readonly Pick<BodyPart, 'type' | 'contentId' | 'content'>[],
  boundary: string,
): { readonly contentType: string; readonly body: string } {
  const written = parts.map(({ type, contentId, content }) => {
    const id = contentId === undefined ? '' : `Content-ID: ${contentId}\r\n`;
    return `--${boundary}\r\nContent-Type: ${type}\r\n${id}\r\n${content}\r\n`;
  });
  return {
    contentType: `multipart/mixed;boundary=${boundary}`,
    body: `${written.join('')}--${boundary}--\r\n`,
  };
}
