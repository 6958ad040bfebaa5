import { compose } from '../boot/compose.js';
import { runUntilStopped } from '../boot/lifecycle.js';
import { ConfigError, issueText } from '../config/issues.js';
import { loadConfig } from '../config/load.js';

/** Runs the daemon until it is stopped. @returns the exit code; 2 when it could not start. */
export async function serve(configFile: string): Promise<number> {
  try {
    const daemon = await compose(loadConfig(configFile));
    return await runUntilStopped(daemon);
  } catch (error) {
    printFailure(error);
    return 2;
  }
}

/** Tells the operator what to mend, without a stack. */
export function printFailure(error: unknown): void {
  if (error instanceof ConfigError) {
    for (const issue of error.issues) print(issueText(issue));
  } else {
    print(`callveil: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Not by the console, which a daemon has silenced by the time its parts are put together. */
const print = (line: string): boolean => process.stderr.write(`${line}\n`);
