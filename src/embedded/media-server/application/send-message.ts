import { randomUUID } from 'node:crypto';
import type { Channels } from '../channel/channels.js';
import { hangupCauseOf } from '../channel/hangup-cause.js';
import type { EslCommand } from '../esl/command-reader.js';
import { execute, type Application } from './run.js';

const mostLoops = 100;

/** A name that no application has completes at once and says so; FreeSWITCH would hang up. */
const unknown: Application = () => '-ERR invalid application';

/**
 * `sendmsg` (mod_event_socket): has a channel execute an application, or hangs it up. Returns the
 * Reply-Text; what comes of an execution is told by its events.
 */
export function sendMessage(
  channels: Channels,
  applications: ReadonlyMap<string, Application>,
): (uuid: string, message: EslCommand) => string {
  return (uuid, message) => {
    const channel = channels.get(uuid);
    if (channel === undefined || channel.gone) return `-ERR invalid session id [${uuid}]`;
    const { headers } = message;
    const command = headers.get('call-command');
    if (command === 'hangup') {
      channel.hangup(hangupCauseOf(headers.get('hangup-cause') ?? '') ?? 'NORMAL_CLEARING');
      return '+OK';
    }
    const name = headers.get('execute-app-name');
    if (command !== 'execute' || name === undefined) return '-ERR invalid command';
    const application = repeated(applications.get(name) ?? unknown, loopsOf(message));
    const taken = execute(channel, { name, ...requestOf(message) }, application);
    return taken ? '+OK' : '-ERR too many applications';
  };
}

function requestOf({ headers, body }: EslCommand): { argument: string; id: string } {
  return {
    argument: headers.get('execute-app-arg') ?? body.trim(),
    id: headers.get('event-uuid') ?? randomUUID(),
  };
}

function loopsOf({ headers }: EslCommand): number {
  return Math.min(Math.max(Number(headers.get('loops')) || 1, 1), mostLoops);
}

function repeated(application: Application, loops: number): Application {
  if (loops === 1) return application;
  return async (channel, argument, signal) => {
    let response = await application(channel, argument, signal);
    for (let left = loops - 1; left > 0 && !signal.aborted; left -= 1) {
      response = await application(channel, argument, signal);
    }
    return response;
  };
}
