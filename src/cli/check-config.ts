import { stringify } from 'yaml';
import { loadConfig } from '../config/load.js';
import { issueText } from '../config/issues.js';
import { redacted } from '../config/redacted.js';
import { printFailure } from './serve.js';

/** Prints the configuration as it takes effect, secrets left out. @returns 0, or 2 when it is wrong. */
export function checkConfig(configFile: string): number {
  try {
    const config = loadConfig(configFile);
    console.log(stringify(redacted(config)));
    for (const warning of config.warnings) console.error(`warning: ${issueText(warning)}`);
    return 0;
  } catch (error) {
    printFailure(error);
    return 2;
  }
}
