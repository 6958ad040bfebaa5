import { stringify } from 'yaml';
import { loadConfig } from '../config/load.js';
import { issueText } from '../config/issues.js';
import { redacted } from '../config/redacted.js';
import { printFailure } from './print-failure.js';

/** Prints the configuration as it takes effect, secrets left out. @returns 0, or 2 when it is wrong. */
export function checkConfig(configFile: string): number {
  try {
    const { warnings, ...config } = loadConfig(configFile);
    process.stdout.write(
      `# ${config.file} is good; this is what it means, durations in milliseconds.\n`,
    );
    process.stdout.write(stringify(redacted(config)));
    for (const warning of warnings) console.error(`warning: ${issueText(warning)}`);
    return 0;
  } catch (error) {
    printFailure(error);
    return 2;
  }
}
