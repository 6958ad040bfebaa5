import type { Address } from '../../src/phones/address.js';
import { freePort } from '../../src/phones/free-port.js';
import type { Daemon } from './daemon.js';
import { calleeBridge, callerBridge } from './sipp-bridge.js';
import type { Endpoint, SippWorld } from './sipp-world.js';

interface Surroundings {
  readonly world: SippWorld;
  readonly daemon: Daemon;
}

/** Where a SIPp is to be, so that the daemon sees it at its endpoint and on its transport. */
interface Place {
  readonly local: Address;
  readonly transport: 'udp' | 'tcp';
  close(): Promise<void>;
}

const nothing = (): Promise<void> => Promise.resolve();

export async function openCaller(
  { world, daemon }: Surroundings,
  at: Endpoint,
): Promise<Place & { readonly remote: Address }> {
  const transport = world.transportOf(at);
  const local = world.addresses[at];
  if (transport === 'udp' || transport === 'tcp') {
    return {
      local,
      transport,
      remote: at === 'carrier6' ? v6(daemon) : daemon.sip,
      close: nothing,
    };
  }
  const to = daemon.listensOn(transport, at === 'carrier6' ? '::1' : '127.0.0.1');
  const bridge = await callerBridge(transport, local, to, world.credentials);
  return { local, transport: 'tcp', remote: bridge.sipp, close: () => bridge.close() };
}

export async function openCallee({ world, daemon }: Surroundings, at: Endpoint): Promise<Place> {
  const transport = world.transportOf(at);
  const address = world.addresses[at];
  if (transport === 'udp' || transport === 'tcp') {
    return { local: address, transport, close: nothing };
  }
  const local = { host: address.host, port: await freePort(address.host) };
  const to = daemon.listensOn(transport);
  const bridge = await calleeBridge(transport, address, local, to, world.credentials);
  return { local, transport: 'tcp', close: () => bridge.close() };
}

function v6(daemon: Daemon): Address {
  if (daemon.sip6 === undefined) throw new Error('the engine under test has no IPv6 listener');
  return daemon.sip6;
}
