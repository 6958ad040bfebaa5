import { CallAdmission } from './admission/call-admission.js';
import { DialogParties } from './admission/dialog-parties.js';
import { EngineLoad } from './admission/engine-load.js';
import { Faults } from './admission/faults.js';
import { FrontDoor } from './admission/front-door.js';
import { Tally } from './admission/tally.js';
import { reservedShare } from './admission/urgency.js';
import type { Vitals } from './admission/vitals.js';
import { AppSide } from './core/app-side.js';
import { NetworkSide } from './core/network-side.js';
import { AvoidedTargets } from './core/avoided-targets.js';
import { Challenges } from './core/proxy/challenges.js';
import { ProxiedCalls } from './core/proxy/proxied-calls.js';
import type { CoreState } from './core/state.js';
import { DialogTable } from './dialog/dialog-table.js';
import { nameServers } from './dns/name-server.js';
import { ServerLocator } from './dns/server-locator.js';
import { hostReference } from './message/uri.js';
import {
  admissionOf,
  limitsOf,
  overloadOf,
  timersOf,
  type SipServer,
  type SipServerOptions,
} from './options.js';
import { realTiming } from './transaction/timing.js';
import { TransactionLayer } from './transaction/transaction-layer.js';
import { TlsIdentity } from './transport/tls-identity.js';
import { openTransports } from './transport/transport-layer.js';
import type { Transport, TransportEvents } from './transport/transport.js';
import { AdminListener } from './wire/admin-listener.js';
import type { Backlog } from './wire/backlog.js';
import { requestHandlingFor, type RequestHandling } from './wire/request-handling.js';
import { Routes } from './wire/routes.js';
import type { OfferedPort } from './wire/thread-port.js';

/** drachtio-srf asks for at least v0.8.2 before it trusts its pings to be understood. */
const version = 'v0.9.10-callveil';

/** A server in this thread, which applications of other threads of the process may reach by ports. */
interface RunningSipServer extends SipServer {
  offer(offered: OfferedPort): void;
}

/**
 * Starts a SIP server that any drachtio application can use. One message must not end every call: a
 * fault is kept for the vitals and the next message is taken.
 */
export async function startSipServer(
  options: SipServerOptions,
  faults = new Faults(realTiming),
): Promise<RunningSipServer> {
  const tally = new Tally();
  const parties = new DialogParties(realTiming, 64 * timersOf(options).t1);
  const door = new FrontDoor(admissionOf(options), { timing: realTiming, tally, parties });
  const events = deferredEvents(door, faults);
  const welcome: AdminListener['welcome'] = (...who) => admin.welcome(...who);
  const requestHandling = await requestHandlingFor(options, welcome, faults.bug);
  const { externalAddress, webSocket, transportLimits: limits } = options;
  const tls = options.tls === undefined ? undefined : new TlsIdentity(options.tls);
  const transport = await openTransports(
    options.listeners,
    { externalAddress, webSocket, limits, tls, door },
    events,
  );
  const backlogs = (): Backlog[] => [...admin.backlogs()];
  const { state, network } = assemble(options, {
    transport,
    parties,
    tally,
    backlogs,
    requestHandling,
  });
  events.connect(state.layer, network);
  const admin = adminFor(options, state, transport, faults);
  try {
    const adminPort = await admin.listen();
    return {
      adminPort,
      contacts: contactsOf(transport, 'externalAddress'),
      reloadTls: async () => {
        await Promise.resolve();
        tls?.reload();
      },
      offer: (offered) => admin.offer(offered),
      vitals: () => vitalsOf({ state, transport, tally, backlogs, faults }),
      close: async () => {
        await requestHandling?.close();
        await admin.close();
        for (const dialog of state.dialogs.all()) state.dialogs.remove(dialog);
        state.proxiedCalls.clear();
        state.layer.close();
        await transport.close();
      },
    };
  } catch (error) {
    await transport.close();
    throw error;
  }
}

/** The transports need someone to tell before there is anyone who could understand it. */
function deferredEvents(
  door: FrontDoor,
  faults: Faults,
): TransportEvents & {
  connect(layer: TransactionLayer, network: NetworkSide): void;
} {
  let layer: TransactionLayer | undefined;
  let network: NetworkSide | undefined;
  return {
    message: (received) => {
      const { message, from } = received;
      if (!door.passes(message, from.address)) return;
      try {
        layer?.receive(received);
      } catch (error) {
        faults.bug(error);
      }
    },
    trouble: faults.trouble,
    unparsable: (_, from, listener, error) => network?.unparsable(error, from, listener),
    connect: (theLayer, theNetwork) => {
      layer = theLayer;
      network = theNetwork;
    },
  };
}

function vitalsOf({
  state,
  transport,
  tally,
  backlogs,
  faults,
}: Omit<Parts, 'parties' | 'requestHandling'> & { state: CoreState; faults: Faults }): Vitals {
  const { admission, unanswered, layer, dialogs } = state;
  return {
    dropped: { ...tally.dropped },
    refused: { ...tally.refused },
    blocked: tally.takeBlocked(),
    faults: faults.take(),
    overloaded: admission.limiting,
    admittedPerSecond: admission.rate,
    delayMs: admission.takeWorstDelayMs(),
    queued: backlogs().reduce((sum, { frames }) => sum + frames, 0),
    unanswered: unanswered.size,
    transactions: layer.size,
    dialogs: dialogs.size,
    connections: transport.streams,
  };
}

interface Parts {
  readonly transport: Transport;
  readonly parties: DialogParties;
  readonly tally: Tally;
  /** Of the applications in this process. */
  readonly backlogs: () => readonly Backlog[];
  readonly requestHandling: RequestHandling | undefined;
}

function admissionFor(
  options: SipServerOptions,
  { tally, backlogs }: Parts,
  stateOf: () => CoreState,
): CallAdmission {
  return new CallAdmission({
    options: overloadOf(options),
    emergencyNumbers: options.emergencyNumbers ?? [],
    most: limitsOf(options),
    now: () => ({ unanswered: stateOf().unanswered.size, dialogs: stateOf().dialogs.size }),
    timing: realTiming,
    tally,
    load: new EngineLoad(realTiming.now()),
    queueDelayMs: () => {
      const now = realTiming.now();
      return Math.max(0, ...backlogs().map((backlog) => backlog.delayMs(now)));
    },
  });
}

function assemble(
  options: SipServerOptions,
  parts: Parts,
): { state: CoreState; network: NetworkSide } {
  const { transport, parties: watch, requestHandling } = parts;
  const timing = realTiming;
  const timers = timersOf(options);
  const limits = limitsOf(options);
  const network = new NetworkSide(() => state);
  const layer = new TransactionLayer({
    transport,
    timing,
    timers,
    maxTransactions: limits.transactions,
    reservedTransactions: reservedShare * limits.transactions,
    user: network,
  });
  const state: CoreState = {
    layer,
    transport,
    timing,
    timers,
    settings: { ...limits, switchLargeRequests: options.largeRequests !== 'udp' },
    locator: new ServerLocator({
      timing,
      ask: nameServers(options.dnsServers ?? []),
      usable: (hop) => transport.listenerFor(hop) !== undefined,
    }),
    avoided: new AvoidedTargets(timing),
    admission: admissionFor(options, parts, () => state),
    routes: new Routes(),
    requestHandling,
    dialogs: new DialogTable(watch),
    unanswered: new Map(),
    byTransaction: new Map(),
    openings: new Map(),
    proxied: new Map(),
    proxiedCalls: new ProxiedCalls(timing, (hop) => transport.connected(hop)),
    challenges: new Challenges(timing, 64 * timers.t1),
    outbound: new Map(),
  };
  return { state, network };
}

function adminFor(
  options: SipServerOptions,
  state: CoreState,
  transport: Transport,
  faults: Faults,
): AdminListener {
  const limits = limitsOf(options);
  const external = contactsOf(transport, 'externalAddress').join(',');
  const local = contactsOf(transport, 'address').join(',');
  return new AdminListener({
    host: options.adminHost,
    port: options.adminPort,
    secret: options.secret,
    greeting: () => `${external}|${version}|${local}`,
    routes: state.routes,
    user: new AppSide(state),
    failed: faults.bug,
    maxFrameBytes: limits.frameBytes,
    maxUnreadBytes: limits.unreadBytes,
    maxApps: limits.apps,
  });
}

function contactsOf(transport: Transport, which: 'address' | 'externalAddress'): string[] {
  return transport.listeners.map(
    (listener) => `${listener.protocol}/${hostReference(listener[which])}:${listener.port}`,
  );
}
