import { Command } from 'commander';
import { configPath } from '../config/environment.js';
import { VERSION } from '../boot/version.js';

/** Reads the command line. Each command is loaded when it is asked for, so `--help` is instant. */
export async function runCli(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = new Command('callveil')
    .description('Self-hosted phone-number masking: a SIP B2BUA between carrier trunks and a PBX.')
    .version(VERSION)
    .showHelpAfterError();

  program
    .command('serve')
    .description('run the daemon')
    .option(
      '-c, --config <file>',
      'configuration file; default: $CALLVEIL_CONFIG or ./callveil.yaml',
    )
    .action(async ({ config }: { config?: string }) => {
      exitCode = await (await import('./serve.js')).serve(configPath(config));
    });

  program
    .command('check-config')
    .description('read a configuration file, say what is wrong with it, print what it means')
    .option(
      '-c, --config <file>',
      'configuration file; default: $CALLVEIL_CONFIG or ./callveil.yaml',
    )
    .action(async ({ config }: { config?: string }) => {
      exitCode = (await import('./check-config.js')).checkConfig(configPath(config));
    });

  program
    .command('demo')
    .description('masked calls on this machine: what each side sees, the records, a leak scan')
    .option('--json', 'print one JSON object and nothing else')
    .option('--out <dir>', 'where the recording is left', 'callveil-demo')
    .action(async ({ json, out }: { json?: boolean; out: string }) => {
      const { runDemo } = await import('./demo/run-demo.js');
      exitCode = await runDemo({ json: json === true, keepIn: out });
    });

  await program.parseAsync([...argv]);
  return exitCode;
}
