import { ConfigError, issueText } from '../config/issues.js';

/** Tells the operator what to mend, without a stack. */
export function printFailure(error: unknown): void {
  if (error instanceof ConfigError) {
    for (const issue of error.issues) print(issueText(issue));
  } else {
    print(`callveil: ${error instanceof Error ? textOf(error) : String(error)}`);
  }
}

/** With the system's own reason, such as EADDRINUSE, where there is one beneath. */
function textOf(error: Error): string {
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

/** Not by the console, which a daemon has silenced by the time its parts are put together. */
const print = (line: string): boolean => process.stderr.write(`${line}\n`);
