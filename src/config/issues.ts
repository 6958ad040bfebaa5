/** Where in the file: `['trunks', 0, 'role']`. */
export type ConfigPath = readonly (string | number)[];

/** Something wrong or doubtful in the configuration. The message never quotes a secret. */
export interface ConfigIssue {
  readonly path: ConfigPath;
  readonly message: string;
  /** Line in the file, from 1. */
  readonly line?: number;
}

/** `trunks[0].role`; the whole file is called `config`. */
function pathText(path: ConfigPath): string {
  const text = path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
  return text === '' ? 'config' : text;
}

/** One line for a person: `trunks[0].role: must be one of carrier, pbx (line 12)`. */
export function issueText(issue: ConfigIssue): string {
  const line = issue.line === undefined ? '' : ` (line ${issue.line})`;
  return `${pathText(issue.path)}: ${issue.message}${line}`;
}

/** The configuration cannot be used. `message` is every issue, one a line, in the order of the file. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly issues: readonly ConfigIssue[];

  constructor(issues: readonly ConfigIssue[]) {
    const sorted = [...issues].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
    super(sorted.map(issueText).join('\n'));
    this.issues = sorted;
  }
}
