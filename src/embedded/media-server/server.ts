import { apiCommands } from './api/api.js';
import { version } from './api/server-commands.js';
import { applications } from './application/applications.js';
import { sendMessage } from './application/send-message.js';
import { Channels } from './channel/channels.js';
import { EventStamp } from './channel/event-stamp.js';
import { IncomingCalls } from './channel/incoming-calls.js';
import { Conferences } from './conference/conferences.js';
import type { EslServices } from './esl/commands.js';
import { EventBus } from './esl/event-bus.js';
import { startHeartbeat } from './esl/heartbeat.js';
import { InboundListener } from './esl/inbound-listener.js';
import { OutboundControl } from './esl/outbound-control.js';
import { PermittedPaths } from './files/permitted-paths.js';
import {
  limitsOf,
  timersOf,
  type MediaServerLimits,
  type MediaServerOptions,
  type MediaServerPorts,
} from './options.js';
import { Metronome } from './rtp/metronome.js';
import { PortPool } from './rtp/port-pool.js';
import { openSipSide } from './sip/sip-side.js';

export interface RunningMediaServer extends MediaServerPorts {
  /** Ends every call with a BYE, then all connections. */
  close(): Promise<void>;
}

/** How long calls may take to end when the server closes. */
const closingMs = 2_000;

/** Starts a media server in this thread; rejects if a port is taken or an address is not ours. */
export async function startMediaServer(options: MediaServerOptions): Promise<RunningMediaServer> {
  const limits = limitsOf(options);
  const house = build(options, limits);
  const { channels, calls, services, metronome } = house;
  const sip = await openSipSide(options.sip, {
    calls,
    trust: { controllers: options.controllers ?? [], key: options.sip.key },
    maxTransactions: limits.transactions,
    timers: timersOf(options),
  });
  house.found.sipAddress = sip.hostPort;
  const inbound = inboundListener(options, limits, services);
  const eslPort = await inbound.listen().catch(async (error: unknown) => {
    await sip.close();
    throw error;
  });
  const { sessions: maxSessions, heartbeatMs: everyMs } = limits;
  const stopHeartbeat = startHeartbeat({ ...house, version, maxSessions, everyMs });
  return {
    eslPort,
    sipPort: sip.port,
    close: async () => {
      stopHeartbeat();
      await endCalls(channels);
      await inbound.close();
      await sip.close();
      metronome.stop();
    },
  };
}

/** Everything that needs no socket, connected. */
interface House {
  readonly bus: EventBus;
  readonly stamp: EventStamp;
  readonly channels: Channels;
  readonly services: EslServices;
  readonly calls: IncomingCalls;
  readonly metronome: Metronome;
  /** Known once the listeners are open. */
  readonly found: { sipAddress: string };
}

function build(options: MediaServerOptions, limits: MediaServerLimits): House {
  const advertised = options.rtp.advertisedAddress ?? options.rtp.address;
  const bus = new EventBus();
  const stamp = new EventStamp(advertised);
  const channels = new Channels();
  const conferences = new Conferences();
  const metronome = new Metronome();
  const dialplan = applications(conferences);
  const sounds = new PermittedPaths(options.sounds);
  const found = { sipAddress: '' };
  const services: EslServices = {
    bus,
    stamp: (name) => stamp.on(name),
    sendMessage: sendMessage(channels, dialplan),
    api: apiCommands(channels, conferences, dialplan, {
      sipAddress: () => found.sipAddress,
      maxSessions: limits.sessions,
      sounds,
      startedAt: Date.now(),
    }),
  };
  const recordings = new PermittedPaths(options.recordings);
  const calls = new IncomingCalls({
    surroundings: { bus, stamp, sounds, recordings },
    channels,
    pool: poolOf(options),
    metronome,
    maxSessions: limits.sessions,
    deadMediaMs: limits.deadMediaMs,
    advertised,
    control: (channel, controller) => {
      const { connectMs } = limits;
      new OutboundControl(channel, controller, { services, limits, connectMs });
    },
  });
  return { bus, stamp, channels, services, calls, metronome, found };
}

function poolOf({ rtp }: MediaServerOptions): PortPool {
  return new PortPool({ address: rtp.address, lowest: rtp.lowestPort, highest: rtp.highestPort });
}

function inboundListener(
  { esl }: MediaServerOptions,
  limits: MediaServerLimits,
  services: EslServices,
): InboundListener {
  const { eslConnections: most, authMs } = limits;
  return new InboundListener({ ...esl, most, authMs, limits, services });
}

async function endCalls(channels: Channels): Promise<void> {
  for (const channel of channels.all()) channel.hangup('SYSTEM_SHUTDOWN');
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, closingMs);
  });
  await Promise.race([channels.empty(), patience]);
  clearTimeout(timer);
}
