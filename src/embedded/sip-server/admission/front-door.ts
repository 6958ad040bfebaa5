import type { Hop, SipMessage } from '../message/sip-message.js';
import type { StreamFault } from '../transport/endpoint.js';
import type { Timing } from '../transaction/timing.js';
import type { AdmissionOptions } from './admission-options.js';
import { AllowList } from './allow-list.js';
import { Correspondents } from './correspondents.js';
import type { DialogParties } from './dialog-parties.js';
import { scannerTest, type IsScanner } from './scanners.js';
import { SourceRates, TokenBucket } from './source-rates.js';
import type { Tally } from './tally.js';

/** A pause of this many seconds earns a full bucket: carriers send what they have gathered at once. */
const burstSeconds = 2;

/**
 * Decides who is heard at all, by where the bytes come from and as early as possible: a datagram or
 * a connection of a stranger costs a look-up, no parsing. What is dropped here is counted and gets no
 * answer, so that nobody learns that somebody is here and nobody is flooded by our answers.
 */
export class FrontDoor {
  readonly #options: AdmissionOptions;
  readonly #timing: Pick<Timing, 'now'>;
  readonly #tally: Tally;
  readonly #peers: AllowList;
  readonly #guests: AllowList;
  readonly #correspondents = new Correspondents();
  readonly #parties: DialogParties;
  readonly #peerRates: SourceRates | undefined;
  readonly #strangerRates: SourceRates;
  readonly #allStrangers: Pick<SourceRates, 'take'>;
  readonly #isScanner: IsScanner;

  constructor(
    options: AdmissionOptions,
    parts: { timing: Pick<Timing, 'now'>; tally: Tally; parties: DialogParties },
  ) {
    this.#options = options;
    this.#timing = parts.timing;
    this.#tally = parts.tally;
    this.#parties = parts.parties;
    this.#peers = new AllowList(options.peers);
    this.#guests = new AllowList(options.guests);
    const { peerPerSecond, strangerPerSecond, strangersPerSecond, sources } = options;
    this.#peerRates = Number.isFinite(peerPerSecond)
      ? new SourceRates(rateOf(peerPerSecond), sources)
      : undefined;
    this.#strangerRates = new SourceRates(rateOf(strangerPerSecond), sources);
    const together = new TokenBucket(rateOf(strangersPerSecond), parts.timing.now());
    this.#allStrangers = { take: (_, nowMs) => together.take(nowMs) };
    this.#isScanner = scannerTest(options.scannerAgents);
  }

  /** Whether a message from that address is worth parsing. */
  hears(address: string, protocol: Hop['protocol']): boolean {
    if (this.#knows(address)) return this.#within(this.#peerRates, address);
    const isParty = this.#parties.has(address);
    if (!isParty && this.#isClosedTo(address, protocol)) return false;
    if (!this.#within(this.#strangerRates, address)) return false;
    // A crowd of strangers must not lose us the BYE of a call that is up.
    return isParty || this.#within(this.#allStrangers, address);
  }

  /** Whether that address may open a stream. */
  takesStream(address: string, protocol: Hop['protocol']): boolean {
    if (this.#knows(address) || this.#parties.has(address)) return true;
    return !this.#isClosedTo(address, protocol);
  }

  /**
   * Whether a parsed message may go on; a scanner is told nothing. A peer is never taken for one: a
   * trunk passes on what its customers write, and among them may be somebody in need.
   */
  passes(message: SipMessage, address: string): boolean {
    if (message.kind === 'response' || this.#knows(address)) return true;
    if (!this.#isScanner(message)) return true;
    this.#tally.drop('scanner', address);
    return false;
  }

  turnsTo(address: string, withinDialog: boolean): void {
    if (withinDialog) this.#parties.await(address);
    else this.#correspondents.note(address);
  }

  /** What came was no SIP at all, or so broken that nothing can be answered. */
  noise(address: string): void {
    this.#tally.drop('noise', address);
  }

  lost(address: string, fault: StreamFault): void {
    this.#tally.drop(fault, address);
  }

  #isClosedTo(stranger: string, protocol: Hop['protocol']): boolean {
    // A browser comes from anywhere: who may use a WebSocket is told by its Origin.
    if (this.#options.strangers === 'answer' || protocol === 'ws' || protocol === 'wss') {
      return false;
    }
    if (this.#guests.has(stranger)) return false;
    this.#tally.drop('stranger', stranger);
    return true;
  }

  #within(rates: Pick<SourceRates, 'take'> | undefined, address: string): boolean {
    if (rates?.take(address, this.#timing.now()) !== false) return true;
    this.#tally.drop('rate', address);
    return false;
  }

  #knows(address: string): boolean {
    return this.#peers.has(address) || this.#correspondents.has(address);
  }
}

const rateOf = (perSecond: number): { perSecond: number; burst: number } => ({
  perSecond,
  burst: Math.max(1, perSecond * burstSeconds),
});
