import { hostReference } from '../../sip-server/message/uri.js';
import { realTiming, type TimerValues } from '../../sip-server/transaction/timing.js';
import { TransactionLayer } from '../../sip-server/transaction/transaction-layer.js';
import { openTransports } from '../../sip-server/transport/transport-layer.js';
import type { TransportEvents } from '../../sip-server/transport/transport.js';
import { UserAgentServer, type CallTaker } from './user-agent-server.js';
import type { Trust } from './vetting.js';

export interface SipSideOptions {
  readonly calls: CallTaker;
  readonly trust: Trust;
  readonly maxTransactions: number;
  readonly timers: TimerValues;
}

/** The server's SIP: by UDP and TCP on one port, as an INVITE with a description may need both. */
export interface SipSide {
  readonly port: number;
  /** `127.0.0.1:5080`. */
  readonly hostPort: string;
  close(): Promise<void>;
}

/** Of the transactions, a fifth is for calls in progress. */
const reservedShare = 0.2;
const mostTries = 5;

/** Opens both listeners; rejects if the port is taken. */
export async function openSipSide(
  { address, port }: { readonly address: string; readonly port: number },
  options: SipSideOptions,
): Promise<SipSide> {
  // A free UDP port may be taken on TCP; then another one is tried.
  for (let left = port === 0 ? mostTries : 1; ; left -= 1) {
    const side = await openOnce(address, port, options);
    if (side !== undefined) return side;
    if (left <= 1) throw new Error(`no port is free on ${address} for UDP and TCP alike`);
  }
}

async function openOnce(
  address: string,
  port: number,
  options: SipSideOptions,
): Promise<SipSide | undefined> {
  const listeners = [
    { protocol: 'udp', address, port },
    { protocol: 'tcp', address, port },
  ] as const;
  // The transports need someone to tell before there is anyone who could understand it.
  const above: { agent?: UserAgentServer; layer?: TransactionLayer } = {};
  const events: TransportEvents = {
    message: (received) => {
      try {
        above.layer?.receive(received);
      } catch (error) {
        // One message must not end every call.
        process.emitWarning(error instanceof Error ? error : new Error(String(error)));
      }
    },
    unparsable: (_, from, listener, error) => above.agent?.unparsable(error, from, listener),
    trouble: (error) => process.emitWarning(error),
  };
  const transport = await openTransports(listeners, {}, events);
  const [udp, tcp] = transport.listeners;
  if (udp === undefined || udp.port !== tcp?.port) {
    await transport.close();
    return undefined;
  }
  const { calls, maxTransactions, timers, trust } = options;
  const agent: UserAgentServer = new UserAgentServer({
    transport,
    surroundings: () => ({ layer, timing: realTiming, timers }),
    calls,
    trust,
  });
  const layer: TransactionLayer = new TransactionLayer({
    transport,
    timing: realTiming,
    timers,
    maxTransactions,
    reservedTransactions: reservedShare * maxTransactions,
    user: agent,
  });
  Object.assign(above, { agent, layer });
  return {
    port: udp.port,
    hostPort: `${hostReference(udp.externalAddress)}:${String(udp.port)}`,
    close: async () => {
      agent.close();
      layer.close();
      await transport.close();
    },
  };
}
