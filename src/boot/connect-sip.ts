import type { Config } from '../config/config.js';
import { verdict } from '../domain/calls/verdict.js';
import { seconds } from '../domain/time.js';
import type { House } from '../flows/house.js';
import type { LiveCalls } from '../flows/live-calls.js';
import { receiveCall } from '../flows/receive-call.js';
import type { SipSignalling } from '../media/fsmrf.js';
import { EngineLink } from '../sip/engine-link.js';
import { MediaLink } from '../sip/media-link.js';
import { SipEdge } from '../sip/sip-edge.js';
import type { MediaEngine } from './media-engine.js';
import { startSipEngine, type SipEngine } from './sip-engine.js';

const ENGINE_PATIENCE = seconds(10);

export interface SipSide {
  readonly engine: SipEngine;
  readonly link: EngineLink;
  readonly mediaLink: MediaLink;
  /** Where SIP is spoken, as the engine names it: `udp/192.0.2.1:5060`. */
  readonly contacts: readonly string[];
}

/** Starts or finds the SIP engine and opens the door for calls. @throws EngineUnreachable */
export async function connectSip(
  config: Config,
  house: House,
  calls: LiveCalls,
  media: MediaEngine,
): Promise<SipSide> {
  const engine = await startSipEngine(config);
  const { clock, metrics } = house;
  const log = house.log.child({ component: 'sip' });
  const link = new EngineLink({
    address: engine.address,
    log,
    metrics,
    clock,
    lost: () => calls.abortAll(verdict('sip-engine-lost')),
  });
  const receive = (call: Parameters<typeof receiveCall>[0]): Promise<void> =>
    receiveCall(call, house);
  new SipEdge({ link, trunks: config.trunks, clock, log, metrics, receive }).listen();
  const mediaLink = new MediaLink({ address: engine.address, log, clock });
  const sip = { engine, link, mediaLink };
  try {
    // Before the door opens: the first call may need an endpoint.
    await mediaLink.connect(ENGINE_PATIENCE);
    await media.begin(mediaLink.srf as SipSignalling);
    return { ...sip, contacts: await link.connect(ENGINE_PATIENCE) };
  } catch (error) {
    await closeSip(sip);
    throw error;
  }
}

/** Leaves the engine and ends it: its worker would keep the process alive. */
export async function closeSip({
  link,
  mediaLink,
  engine,
}: Omit<SipSide, 'contacts'>): Promise<void> {
  link.disconnect();
  mediaLink.disconnect();
  await engine.close();
}
