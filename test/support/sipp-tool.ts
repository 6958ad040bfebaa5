import { spawnSync } from 'node:child_process';

/**
 * Fails where SIPp is missing, and says what to run. Scenarios are never skipped, because a suite
 * that runs without its tools looks like one that passes; `npm test` installs it where it may.
 */
export function requireSipp(): void {
  if (spawnSync('sipp', ['-v'], { stdio: 'ignore' }).error === undefined) return;
  throw new Error('SIPp is missing. Install it with: sudo apt-get install -y sip-tester');
}
