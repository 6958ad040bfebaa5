import { stringify } from 'yaml';
import { readConfig } from '../config/load.js';
import { issueText } from '../config/issues.js';
import { printFailure } from './print-failure.js';

/** Prints the configuration as it takes effect, as a file would say it. @returns 0, or 2 when it is wrong. */
export function checkConfig(configFile: string): number {
  try {
    const { config, effective } = readConfig(configFile);
    process.stdout.write(`# ${config.file} is good; with its defaults it says:\n`);
    process.stdout.write(stringify(effective));
    for (const warning of config.warnings) console.error(`warning: ${issueText(warning)}`);
    return 0;
  } catch (error) {
    printFailure(error);
    return 2;
  }
}
