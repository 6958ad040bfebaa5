// The tests drive real peers. Installs the Debian packages they come from when that is allowed,
// and otherwise says exactly what to run.
import { spawnSync } from 'node:child_process';

const TOOLS = [
  { command: 'sipp', package: 'sip-tester' },
  { command: 'sox', package: 'sox' },
];

const has = (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
const missing = TOOLS.filter((tool) => !has(tool.command)).map((tool) => tool.package);
if (missing.length > 0) {
  const install = `apt-get update && apt-get install -y ${missing.join(' ')}`;
  const isRoot = process.getuid?.() === 0;
  if (isRoot) {
    console.log(`Installing test tools: ${missing.join(' ')}`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('sh', ['-c', install], { stdio: 'inherit', env });
  }
  if (TOOLS.some((tool) => !has(tool.command))) {
    console.error(`The tests need ${missing.join(' ')}. Run:\n  sudo sh -c '${install}'`);
    process.exit(1);
  }
}
