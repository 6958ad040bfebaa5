import type { Channels } from '../channel/channels.js';
import type { EventStamp } from '../channel/event-stamp.js';
import { EslEvent } from './event.js';
import type { EventBus } from './event-bus.js';

export interface HeartbeatOptions {
  readonly bus: EventBus;
  readonly stamp: EventStamp;
  readonly channels: Channels;
  readonly maxSessions: number;
  readonly version: string;
  readonly everyMs: number;
}

/** Tells every so often that the server lives, and how busy it is. Returns how to stop. */
export function startHeartbeat(options: HeartbeatOptions): () => void {
  const startedAt = Date.now();
  let before = { at: startedAt, cpu: process.cpuUsage(), sessions: 0 };
  const timer = setInterval(() => {
    const now = { at: Date.now(), cpu: process.cpuUsage(), sessions: options.channels.sinceStart };
    const seconds = Math.max(0.001, (now.at - before.at) / 1000);
    const { user, system } = process.cpuUsage(before.cpu);
    const idle = Math.max(0, 100 - (user + system) / 10_000 / seconds);
    const perSecond = Math.round((now.sessions - before.sessions) / seconds);
    before = now;
    options.bus.publish(heartbeat(options, now.at - startedAt, idle, perSecond));
  }, options.everyMs);
  return () => clearInterval(timer);
}

function heartbeat(
  { stamp, channels, maxSessions, version }: HeartbeatOptions,
  upMs: number,
  idle: number,
  perSecond: number,
): EslEvent {
  return new EslEvent({
    ...stamp.on('HEARTBEAT'),
    'Event-Info': 'System Ready',
    'Up-Time': `${String(Math.floor(upMs / 1000))} seconds`,
    'FreeSWITCH-Version': version,
    'Uptime-msec': String(upMs),
    'Session-Count': String(channels.size),
    'Max-Sessions': String(maxSessions),
    'Session-Per-Sec': String(perSecond),
    'Session-Since-Startup': String(channels.sinceStart),
    'Session-Peak-Max': String(channels.peak),
    'Idle-CPU': idle.toFixed(6),
  });
}
