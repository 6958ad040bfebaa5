import type { Channel, Run } from '../channel/channel.js';

/**
 * A dialplan application: resolves to its Application-Response, `_none_` where it has nothing to
 * say. Whatever takes time ends when the signal is aborted.
 */
export type Application = (
  channel: Channel,
  argument: string,
  signal: AbortSignal,
) => Promise<string> | string;

/** Applications that one channel may have running at once, each on top of the others. */
const mostRuns = 32;

/**
 * Executes an application and says so: CHANNEL_EXECUTE, then what it tells itself, and always
 * CHANNEL_EXECUTE_COMPLETE, under the id that the request had.
 */
export function execute(
  channel: Channel,
  { name, argument, id }: { name: string; argument: string; id: string },
  application: Application,
): boolean {
  if (channel.gone || channel.runs.length >= mostRuns) return false;
  const about = {
    Application: name,
    ...(argument === '' ? {} : { 'Application-Data': argument }),
  };
  channel.tellWithVariables('CHANNEL_EXECUTE', { ...about, 'Application-UUID': id });
  const aborter = new AbortController();
  const complete = (response: string): void => {
    const at = channel.runs.indexOf(run);
    if (at >= 0) channel.runs.splice(at, 1);
    const more = { ...about, 'Application-Response': response, 'Application-UUID': id };
    channel.tellWithVariables('CHANNEL_EXECUTE_COMPLETE', more);
  };
  const over = outcome(application, channel, argument, aborter.signal).then(complete);
  const run: Run = { aborter, over };
  channel.runs.push(run);
  return true;
}

async function outcome(
  application: Application,
  channel: Channel,
  argument: string,
  signal: AbortSignal,
): Promise<string> {
  try {
    return await application(channel, argument, signal);
  } catch (error) {
    // One fault must not leave the application waiting for ever.
    process.emitWarning(error instanceof Error ? error : new Error(String(error)));
    return '-ERR internal error';
  }
}

/** Resolves after so long, or when the signal is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const over = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    signal.addEventListener('abort', over);
  });
}
