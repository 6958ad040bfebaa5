import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { hangupCauseOf } from '../channel/hangup-cause.js';
import type { Channels } from '../channel/channels.js';
import type { PermittedPaths } from '../files/permitted-paths.js';
import type { ApiCommand } from './api-command.js';

/** What the server says of itself. */
export interface ServerFacts {
  /** `127.0.0.1:5080`. */
  readonly sipAddress: () => string;
  readonly maxSessions: number;
  readonly sounds: PermittedPaths;
  readonly startedAt: number;
}

/** What FreeSWITCH the protocol is that of; the rest names us. */
export const version = '1.10.12-callveil';

export function serverCommands(
  channels: Channels,
  facts: ServerFacts,
): readonly (readonly [string, ApiCommand])[] {
  return [
    ['sofia', (argument) => sofia(argument, facts)],
    ['status', () => status(channels, facts)],
    ['show', (argument) => show(argument, channels)],
    ['hupall', (argument) => hangUpAll(argument, channels)],
    ['hostname', () => hostname()],
    ['version', (argument) => versionOf(argument)],
    ['uptime', (argument) => uptime(argument, facts)],
    ['create_uuid', () => randomUUID()],
    ['file_exists', async (path) => String((await facts.sounds.toRead(path)) !== undefined)],
    ['strepoch', () => String(Math.floor(Date.now() / 1000))],
  ];
}

function versionOf(argument: string): string {
  return argument === 'short' ? `${version}\n` : `FreeSWITCH Version ${version}\n`;
}

/** drachtio-fsmrf reads from this where to send its INVITEs. */
function sofia(argument: string, { sipAddress }: ServerFacts): string {
  if (argument !== 'status') return '-USAGE: sofia status\n';
  const line = `${'='.repeat(97)}\n`;
  const row = (name: string, type: string, data: string, state: string): string =>
    `${name.padStart(25)}\t${type.padStart(7)}\t${data.padStart(43)}\t${state}\n`;
  return (
    row('Name', 'Type', 'Data', 'State') +
    line +
    row('drachtio_mrf', 'profile', `sip:mod_sofia@${sipAddress()}`, 'RUNNING (0)') +
    line +
    '1 profile 0 aliases\n'
  );
}

function status(channels: Channels, facts: ServerFacts): string {
  return (
    `UP ${spelledOut(Date.now() - facts.startedAt)}\n` +
    `FreeSWITCH (Version ${version}) is ready\n` +
    `${String(channels.sinceStart)} session(s) since startup\n` +
    `${String(channels.size)} session(s) - peak ${String(channels.peak)}\n` +
    `${String(facts.maxSessions)} session(s) max\n`
  );
}

function spelledOut(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const parts = [
    [Math.floor(seconds / 86_400), 'days'],
    [Math.floor(seconds / 3_600) % 24, 'hours'],
    [Math.floor(seconds / 60) % 60, 'minutes'],
    [seconds % 60, 'seconds'],
  ] as const;
  return parts.map(([amount, unit]) => `${String(amount)} ${unit}`).join(', ');
}

function show(argument: string, channels: Channels): string {
  const [what = '', how = ''] = argument.split(/\s+/);
  if (what !== 'channels' && what !== 'calls') return `-USAGE: show channels [count]\n`;
  const count = String(channels.all().length);
  if (how === 'count') return `\n${count} total.\n`;
  const rows = channels.all().map(({ uuid, name, state }) => `${uuid},${name},${state}\n`);
  return `uuid,name,state\n${rows.join('')}\n${count} total.\n`;
}

function hangUpAll(argument: string, channels: Channels): string {
  const cause = argument === '' ? 'MANAGER_REQUEST' : hangupCauseOf(argument);
  if (cause === undefined) return '-ERR Invalid cause\n';
  for (const channel of channels.all()) channel.hangup(cause);
  return `+OK hangup all channels with cause ${cause}\n`;
}

function uptime(argument: string, { startedAt }: ServerFacts): string {
  const ms = Date.now() - startedAt;
  return String(argument === 'ms' ? ms : Math.floor(ms / 1000));
}
