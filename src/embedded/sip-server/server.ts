import { AppSide } from './core/app-side.js';
import { NetworkSide } from './core/network-side.js';
import { AvoidedTargets } from './core/avoided-targets.js';
import { ProxiedCalls } from './core/proxy/proxied-calls.js';
import type { CoreState } from './core/state.js';
import { DialogTable } from './dialog/dialog-table.js';
import { nameServers } from './dns/name-server.js';
import { ServerLocator } from './dns/server-locator.js';
import { hostReference } from './message/uri.js';
import { limitsOf, timersOf, type SipServer, type SipServerOptions } from './options.js';
import { realTiming } from './timing.js';
import { TransactionLayer } from './transaction/transaction-layer.js';
import { TlsIdentity } from './transport/tls-identity.js';
import { openTransports } from './transport/transport-layer.js';
import type { Transport, TransportEvents } from './transport/transport.js';
import { AdminListener } from './wire/admin-listener.js';
import { Routes } from './wire/routes.js';
import type { OfferedPort } from './wire/thread-port.js';

/** drachtio-srf asks for at least v0.8.2 before it trusts its pings to be understood. */
const version = 'v0.9.10-callveil';

/** A server in this thread, which applications of other threads of the process may reach by ports. */
interface RunningSipServer extends SipServer {
  offer(offered: OfferedPort): void;
}

/** Starts a SIP server that any drachtio application can use. */
export async function startSipServer(options: SipServerOptions): Promise<RunningSipServer> {
  const events = deferredEvents();
  const { externalAddress, webSocket, transportLimits: limits } = options;
  const tls = options.tls === undefined ? undefined : new TlsIdentity(options.tls);
  const transport = await openTransports(
    options.listeners,
    { externalAddress, webSocket, limits, tls },
    events,
  );
  const { state, network } = assemble(options, transport);
  events.connect(state.layer, network);
  const admin = adminFor(options, state, transport);
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
      close: async () => {
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
function deferredEvents(): TransportEvents & {
  connect(layer: TransactionLayer, network: NetworkSide): void;
} {
  let layer: TransactionLayer | undefined;
  let network: NetworkSide | undefined;
  return {
    message: (received) => {
      try {
        layer?.receive(received);
      } catch (error) {
        reportFault(error);
      }
    },
    trouble: reportFault,
    unparsable: (_, from, listener, error) => network?.unparsable(error, from, listener),
    connect: (theLayer, theNetwork) => {
      layer = theLayer;
      network = theNetwork;
    },
  };
}

/** One message must not end every call: the fault is shown and the next message is taken. */
function reportFault(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : new Error(String(error)));
}

function assemble(
  options: SipServerOptions,
  transport: Transport,
): { state: CoreState; network: NetworkSide } {
  const timing = realTiming;
  const timers = timersOf(options);
  const limits = limitsOf(options);
  const network = new NetworkSide(() => state);
  const layer = new TransactionLayer({
    transport,
    timing,
    timers,
    maxTransactions: limits.transactions,
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
    routes: new Routes(),
    dialogs: new DialogTable(),
    unanswered: new Map(),
    byTransaction: new Map(),
    openings: new Map(),
    proxied: new Map(),
    proxiedCalls: new ProxiedCalls(timing, (hop) => transport.connected(hop)),
    outbound: new Map(),
  };
  return { state, network };
}

function adminFor(
  options: SipServerOptions,
  state: CoreState,
  transport: Transport,
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
    failed: reportFault,
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
