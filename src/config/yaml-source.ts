import { isMap, isNode, isPair, LineCounter, parseDocument, type Document } from 'yaml';
import type { ConfigIssue, ConfigPath } from './issues.js';

/** A parsed YAML text that still knows on which line each value stands. */
export interface YamlSource {
  readonly value: unknown;
  /** Syntax errors; when there are any, `value` means nothing. */
  readonly issues: readonly ConfigIssue[];
  lineOf(path: ConfigPath): number | undefined;
}

export function readYaml(text: string): YamlSource {
  const lines = new LineCounter();
  // Pretty errors would quote the line, and a line can hold what must not reach a terminal.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const issues: ConfigIssue[] = document.errors.map((error) => ({
    path: [],
    message: `is not valid YAML: ${error.message}`,
    line: lines.linePos(error.pos[0]).line,
  }));
  let value: unknown;
  try {
    value = issues.length === 0 ? document.toJS() : undefined;
  } catch {
    // An alias of an anchor that is not there, or aliases that multiply without end.
    issues.push({ path: [], message: 'is not valid YAML: an alias cannot be resolved' });
  }
  return {
    value,
    issues,
    lineOf: (path) => {
      const offset = offsetOf(document, path);
      return offset === undefined ? undefined : lines.linePos(offset).line;
    },
  };
}

/** Where the key or item at `path` starts; when it is missing, its nearest parent that is there. */
function offsetOf(document: Document, path: ConfigPath): number | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const offset = startOf(document, path.slice(0, length));
    if (offset !== undefined) return offset;
  }
  return undefined;
}

function startOf(document: Document, path: ConfigPath): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (isMap(parent)) {
    const pair = parent.items.find(
      (item) => isPair(item) && isNode(item.key) && String(item.key) === String(last),
    );
    return isNode(pair?.key) ? pair.key.range?.[0] : undefined;
  }
  const item = document.getIn(path, true);
  return isNode(item) ? item.range?.[0] : undefined;
}
