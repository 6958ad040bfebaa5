import { SourceNotices, type SourceNotice } from '../domain/source-notices.js';
import type { Trunk } from '../domain/identity/trunk.js';
import type { Clock } from '../domain/time.js';
import { unsupportedOf } from '../domain/calls/admission.js';
import { verdict } from '../domain/calls/verdict.js';
import type { SipCall } from '../flows/ports/sip.js';
import type { Log, Metrics, TurnedAway } from '../flows/ports/telemetry.js';
import { OWN_HEADERS, phraseOf } from './answer-headers.js';
import { claimedUser, DigestGate, type DigestOutcome } from './digest.js';
import { headerOf, type DrachtioRequest, type DrachtioResponse } from './drachtio.js';
import type { EngineLink } from './engine-link.js';
import { IncomingCall, refusalHeaders, refuseStranger } from './incoming-call.js';
import { readNameAddr } from './name-addr.js';
import { splitHostPort, tokensOf } from './read-arrival.js';
import { TrunkTable, type Source } from './trunk-table.js';

export interface SipEdgeDeps {
  readonly link: EngineLink;
  readonly trunks: readonly Trunk[];
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'inviteTurnedAway'>;
  /** The story of a call that a trunk brought. */
  receive(call: SipCall): Promise<void>;
}

/** Every method but INVITE and BYE, and ACK and CANCEL, which the engine and drachtio-srf look after. */
const BESIDE_INVITE = [
  'info',
  'message',
  'notify',
  'options',
  'publish',
  'refer',
  'register',
  'subscribe',
  'update',
];

/**
 * Requests that belong to no call of ours. Those that name a dialog come too late for it: BYEs
 * cross (RFC 3261 §15.1.2). Of the others only OPTIONS is served; peers ask so whether we live.
 */
function answerAside(req: DrachtioRequest, res: DrachtioResponse): void {
  if (namesDialog(req)) say(res, 481);
  else if (req.method !== 'OPTIONS') say(res, 405);
  else answerOptions(req, res);
}

/** 200, or 420 as to an INVITE that requires so much (RFC 3261 §11.2). */
function answerOptions(req: DrachtioRequest, res: DrachtioResponse): void {
  const unsupported = unsupportedOf(tokensOf(headerOf(req, 'require')));
  if (unsupported.length === 0) say(res, 200);
  else refuseStranger(res, verdict('bad-extension'), { unsupported });
}

const namesDialog = (req: DrachtioRequest): boolean =>
  readNameAddr(headerOf(req, 'to', 't') ?? '')?.tag !== undefined;

const say = (res: DrachtioResponse, status: number): void =>
  res.send(status, phraseOf(status), { headers: { ...OWN_HEADERS } });

/** Where SIP enters the house: knows the peer by its trunk, or sends it away. */
export class SipEdge {
  readonly #trunks: TrunkTable;
  readonly #digest: DigestGate;
  readonly #strangers: SourceNotices;

  constructor(private readonly deps: SipEdgeDeps) {
    this.#trunks = new TrunkTable(deps.trunks);
    this.#digest = new DigestGate(deps.clock);
    this.#strangers = new SourceNotices(deps.clock, tellOfStrangers(deps.log));
  }

  /** Registers what we take; before the link connects, so that no message can come too early. */
  listen(): void {
    const { srf } = this.deps.link;
    srf.use('invite', (req, res) => this.#invited(req, res));
    srf.use('bye', (req, res) => this.#strayBye(req, res));
    for (const method of BESIDE_INVITE) srf.use(method, answerAside);
  }

  #invited(req: DrachtioRequest, res: DrachtioResponse): void {
    const { log, link, clock } = this.deps;
    const { srf, door, ownAddresses } = link;
    // A re-INVITE that comes when its dialog has gone is no new call.
    if (namesDialog(req)) {
      say(res, 481);
      return;
    }
    const trunk = this.#admit(req, res);
    if (trunk === undefined) return;
    if (door.knows(headerOf(req, 'call-id', 'i') ?? '')) {
      // A leg of ours was routed back to us, or one call came on two ways (RFC 3261 §8.2.2.2).
      log.warn('A call that is here already came again', { trunk: trunk.name });
      this.#turnAway(res, 'loop-detected');
      return;
    }
    const call = new IncomingCall(req, res, trunk, { srf, door, ownAddresses, clock });
    this.deps.receive(call).catch((error: unknown) => {
      // receiveCall settles every failure it can foresee; this is the net below it.
      log.error('Call story failed', { err: error instanceof Error ? error : undefined });
      call.refuse(verdict('internal-error'));
      call.release();
    });
  }

  /** A callee may hang up before our ACK has made its dialog known to drachtio-srf. */
  #strayBye(req: DrachtioRequest, res: DrachtioResponse): void {
    say(res, this.deps.link.door.strayBye(headerOf(req, 'call-id', 'i') ?? '') ? 200 : 481);
  }

  /** The trunk that the request comes from; otherwise it is answered here. */
  #admit(req: DrachtioRequest, res: DrachtioResponse): Trunk | undefined {
    const candidates = this.#trunks.match(sourceOf(req));
    const open = candidates.find(({ inboundCredentials }) => inboundCredentials === undefined);
    if (open !== undefined) return open;
    if (candidates.length === 0) {
      this.#turnAwayStranger(req, res, 'unknown-source');
      return undefined;
    }
    return this.#authenticate(candidates, req, res);
  }

  #authenticate(
    candidates: readonly Trunk[],
    req: DrachtioRequest,
    res: DrachtioResponse,
  ): Trunk | undefined {
    const header = headerOf(req, 'proxy-authorization');
    const user = header === undefined ? undefined : claimedUser(header);
    const trunk = candidates.find(
      ({ inboundCredentials }) => inboundCredentials?.username === user,
    );
    const outcome =
      header === undefined || user === undefined
        ? 'missing'
        : this.#check(header, req.source_address, trunk);
    if (outcome === 'ok') return trunk;
    if (outcome === 'wrong') this.#turnAwayStranger(req, res, 'credentials-wrong');
    else this.#challenge(req, res, outcome === 'stale');
    return undefined;
  }

  #check(header: string, source: string, trunk: Trunk | undefined): DigestOutcome {
    const credentials = trunk?.inboundCredentials;
    return credentials === undefined
      ? 'wrong'
      : this.#digest.check(header, 'INVITE', source, credentials);
  }

  #challenge(req: DrachtioRequest, res: DrachtioResponse, stale: boolean): void {
    const v = verdict('credentials-wanted');
    const challenge = this.#digest.challenge(req.source_address, stale);
    res.send(v.sip, v.phrase, {
      headers: { ...refusalHeaders(v, {}), 'Proxy-Authenticate': challenge },
    });
  }

  /** Says who it was, so that an operator can tell a peer he has left out from an attack. */
  #turnAwayStranger(req: DrachtioRequest, res: DrachtioResponse, reason: StrangerReason): void {
    const { address, port } = sourceOf(req);
    this.#strangers.note([{ address, port, reason, count: 1 }]);
    this.#turnAway(res, reason);
  }

  #turnAway(res: DrachtioResponse, reason: TurnedAway): void {
    this.deps.metrics.inviteTurnedAway(reason);
    refuseStranger(res, verdict(reason));
  }
}

type StrangerReason = Exclude<TurnedAway, 'loop-detected'>;

/** Level warn, as the verdicts say. */
function tellOfStrangers(log: Log): SourceNotice {
  return (named, others) => {
    for (const { address, port, reason, count } of named) {
      log.warn('INVITEs of a stranger refused', { source: address, port, reason, messages: count });
    }
    if (others > 0) log.warn('INVITEs of more strangers refused', { messages: others });
  };
}

function sourceOf(req: DrachtioRequest): Source {
  return {
    address: req.source_address.replace(/^\[|\]$/g, ''),
    port: req.source_port,
    localPort: splitHostPort(req.receivedOn).port,
  };
}
