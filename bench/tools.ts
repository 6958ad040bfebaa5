import { spawnSync } from 'node:child_process';

const TOOLS = [
  { command: 'sipp', package: 'sip-tester' },
  { command: 'tcpdump', package: 'tcpdump' },
];

/**
 * The load comes from SIPp and the times come from tcpdump. Installs them where that is allowed, as
 * `npm test` does.
 *
 * @throws Error that says what to run.
 */
export function requireTools(): void {
  const missing = TOOLS.filter(({ command }) => !has(command)).map((tool) => tool.package);
  const install = `apt-get update && apt-get install -y ${missing.join(' ')}`;
  if (missing.length > 0 && process.getuid?.() === 0) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('sh', ['-c', install], { stdio: ['ignore', 2, 2], env });
  }
  if (TOOLS.some(({ command }) => !has(command))) {
    throw new Error(`the bench needs ${missing.join(' ')}. Run:\n  sudo sh -c '${install}'`);
  }
}

const has = (command: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' }).status === 0;
