import type { Log } from '../flows/ports/telemetry.js';

type Console = Pick<typeof console, (typeof WAYS)[number]>;

const WAYS = ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const;

/**
 * Libraries print what they stumble over: drachtio-srf a whole SIP message that it cannot read, Node
 * the text of an error that nobody caught. The log masks numbers, but no names and no addresses, so
 * of such texts only the kind of the error and the place in the code are kept.
 */
export function quietProcess(
  log: Log,
  to: Console = console,
  node: NodeJS.EventEmitter = process,
): void {
  for (const way of WAYS) {
    to[way] = (...said: unknown[]) => {
      const error = said.find((part) => part instanceof Error);
      log.warn('A library wrote to the console', { way, ...whatOf(error ?? new Error()) });
    };
  }
  node.once('uncaughtException', (error: unknown) => {
    log.error('Crashed', whatOf(error));
    process.exit(1);
  });
}

function whatOf(error: unknown): { type: string; at: string } {
  if (!(error instanceof Error)) return { type: typeof error, at: '' };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^ {4}at \S/.test(line));
  return { type: error.name, at: frames.slice(0, 8).join('\n') };
}
