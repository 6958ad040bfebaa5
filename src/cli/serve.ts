import { compose } from '../boot/compose.js';
import { runUntilStopped } from '../boot/lifecycle.js';
import { loadConfig } from '../config/load.js';
import { printFailure } from './print-failure.js';

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
