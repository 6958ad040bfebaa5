import { verdict, type Verdict, type VerdictReason } from '../domain/calls/verdict.js';
import { reasonHeader, verdictOfStatus } from '../domain/identity/reasons.js';
import type { Dialing, DialListener, LegListener, OutgoingLeg } from '../flows/ports/sip.js';
import type { CallGuard } from './call-guard.js';
import { DialogLeg, sdpOf } from './dialog-leg.js';
import {
  headerOf,
  type Drachtio,
  type DrachtioDialog,
  type DrachtioRequest,
  type DrachtioResponse,
  type EngineSocket,
  type SipError,
  type Unacknowledged,
} from './drachtio.js';
import { verdictOfLimit } from './frame-limit.js';
import type { GuardDoor } from './guard-door.js';
import { writeMultipart } from './multipart.js';
import type { OpenEnds } from './open-ends.js';
import { tracesOf } from './traces.js';
import { UnacknowledgedLeg } from './unacknowledged-leg.js';

export interface OutgoingLegDeps {
  readonly srf: Drachtio;
  readonly door: GuardDoor;
  readonly guard: CallGuard;
  /** All messages of one call go through one connection to the engine. */
  readonly socket: EngineSocket;
  readonly ends: OpenEnds;
  readonly listener: DialListener;
  readonly legListener: LegListener;
  leaked(): void;
}

/** An INVITE of ours, from the moment it is handed to the engine until its last answer. */
export class DialedLeg implements OutgoingLeg {
  #invite: DrachtioRequest | undefined;
  #cancelled: Verdict | undefined;
  #over = false;
  #pending: UnacknowledgedLeg | undefined;
  readonly transactions = new Set<string>();

  constructor(
    private readonly dialing: Dialing,
    private readonly deps: OutgoingLegDeps,
  ) {
    deps.door.watch(dialing.plan.callId, {
      guard: deps.guard,
      side: dialing.towards,
      leaked: () => deps.leaked(),
      strayBye: () => this.#pending?.hungUp() ?? false,
    });
    deps.ends.open(this);
    try {
      this.#send();
    } catch {
      // The connection to the engine broke this very moment.
      this.#finished(null, undefined);
    }
  }

  cancel(why: Verdict): void {
    if (this.#over || this.#cancelled) return;
    this.#cancelled = why;
    // Before the engine has named the transaction there is nothing to cancel yet.
    if (this.#invite) this.#sendCancel(this.#invite, why);
  }

  #send(): void {
    const { srf, socket } = this.deps;
    const { plan, credentials } = this.dialing;
    const { contentType, body } = bodyOf(this.dialing);
    srf.createUAC(
      plan.requestUri,
      {
        headers: { ...plan.headers, ...contentType },
        ...(body === undefined ? { noAck: true } : { localSdp: body }),
        ...(credentials && { auth: { ...credentials } }),
        _socket: socket,
      },
      {
        cbRequest: (err, req) => {
          if (!err && req) this.#sent(req);
        },
        cbProvisional: (res) => this.#progressed(res),
      },
      (err, answered) => this.#finished(err, answered),
    );
  }

  #finished(err: SipError | null, answered: DrachtioDialog | Unacknowledged | undefined): void {
    this.#over = true;
    if (answered) this.#answered(answered);
    else this.#failed(err);
    if (!answered || !this.#cancelled) this.deps.ends.close(this);
  }

  #sent(req: DrachtioRequest): void {
    this.#invite = req;
    this.#bind(req);
    // A challenged INVITE is sent again with credentials, as a transaction of its own.
    req.on('authenticate', (retry: DrachtioRequest) => this.#bind(retry));
    const tag = /;tag=([^;\s]+)/.exec(headerOf(req, 'from') ?? '')?.[1];
    this.deps.guard.learn(this.dialing.towards, {
      callIds: new Set([this.dialing.plan.callId]),
      tags: new Set(tag === undefined ? [] : [tag]),
    });
    if (this.#cancelled) this.#sendCancel(req, this.#cancelled);
  }

  #bind(req: DrachtioRequest): void {
    this.transactions.add(req.stackTxnId);
    this.deps.door.bindTransaction(req.stackTxnId, this.dialing.plan.callId);
  }

  #sendCancel(req: DrachtioRequest, why: Verdict): void {
    // Too late is normal: the answer that overtook the CANCEL is hung up when it comes.
    req.cancel({ headers: { Reason: reasonHeader(why) } }, () => undefined);
  }

  #progressed(res: DrachtioResponse): void {
    this.#learn(res);
    if (!this.#cancelled) this.deps.listener.progressed(res.status, sdpOf(res));
  }

  #answered(answered: DrachtioDialog | Unacknowledged): void {
    const { res } = answered;
    this.#learn(res);
    if (this.#cancelled) this.#hangUpLate(answered, this.#cancelled);
    else if (!isUnacknowledged(answered))
      this.deps.listener.answered(this.#legOf(answered), sdpOf(res));
    else if (res.has('Contact')) this.#answeredWithOffer(answered);
    else this.#hangUpNameless(answered);
  }

  /** The answer overtook our CANCEL (RFC 3261 §9.1): it was acknowledged and is hung up. */
  #hangUpLate(answered: DrachtioDialog | Unacknowledged, why: Verdict): void {
    const done = (): void => this.deps.ends.close(this);
    if (isUnacknowledged(answered)) void answered.destroy().finally(done);
    else answered.destroy({ headers: { Reason: reasonHeader(why) } }, done);
  }

  /** The dialog only comes to be with our ACK; until then the leg stands for it. */
  #answeredWithOffer(answered: Unacknowledged): void {
    const { ends, legListener, listener } = this.deps;
    this.#pending = new UnacknowledgedLeg(answered, {
      sipCallId: this.dialing.plan.callId,
      ends,
      listener: legListener,
      legOf: (dialog) => this.#legOf(dialog),
    });
    listener.answered(this.#pending, sdpOf(answered.res));
  }

  /** Without Contact drachtio-srf can acknowledge the answer, but make no dialog of it. */
  #hangUpNameless(answered: Unacknowledged): void {
    void answered.destroy();
    this.#hangUpHalfMade(answered.res);
    this.deps.listener.failed(verdict('callee-answer-unusable'), answered.res.status);
  }

  #legOf(dialog: DrachtioDialog): DialogLeg {
    const { door, ends, guard, legListener } = this.deps;
    return new DialogLeg(dialog, {
      side: this.dialing.towards,
      role: 'uac',
      listener: legListener,
      ends,
      door,
      learn: (traces) => guard.learn(this.dialing.towards, traces),
    });
  }

  #failed(err: SipError | null): void {
    const res = err?.res;
    if (res) {
      this.#learn(res);
      this.#hangUpHalfMade(res);
    }
    if (this.#cancelled) return;
    // The engine refused the message: an address it cannot use, or the guard stopped it.
    const unsent = verdictOfLimit(String(err)) ?? 'trunk-failed';
    const why = res === undefined ? unsent : meaningOf(res);
    this.deps.listener.failed(verdict(why), res && isMadeUp(res) ? undefined : res?.status);
  }

  /** A 2xx that drachtio-srf cannot make a dialog of (no Contact) was acknowledged: it must end. */
  #hangUpHalfMade(res: DrachtioResponse): void {
    if (res.status >= 300 || res.stackDialogId === undefined) return;
    const { srf, socket } = this.deps;
    srf.app.client.request(
      { method: 'BYE', stackDialogId: res.stackDialogId, headers: {}, _socket: socket },
      () => undefined,
    );
  }

  #learn(res: DrachtioResponse): void {
    this.deps.guard.learn(this.dialing.towards, tracesOf(res, 'to', res.source_address));
  }
}

/** drachtio-srf's Dialog has a method `ack` as well, but only a Dialog has tags. */
const isUnacknowledged = (answered: DrachtioDialog | Unacknowledged): answered is Unacknowledged =>
  !('sip' in answered);

/** The engine answers for a peer that is silent (408) or cannot be reached (503): from nowhere. */
const isMadeUp = (res: DrachtioResponse): boolean => res.source_address === '';

function meaningOf(res: DrachtioResponse): VerdictReason {
  if (res.status < 300) return 'callee-answer-unusable';
  if (isMadeUp(res)) return res.status === 408 ? 'trunk-silent' : 'trunk-unreachable';
  return verdictOfStatus(res.status, headerOf(res, 'reason'));
}

/** The offer, and on the way to the emergency trunk the caller's location beside it. */
function bodyOf({ plan, offer, location }: Dialing): {
  readonly contentType: Readonly<Record<string, string>>;
  readonly body: string | undefined;
} {
  if (offer === undefined || location === undefined) return { contentType: {}, body: offer };
  const { contentType, body } = writeMultipart(
    [
      { type: 'application/sdp', contentId: undefined, content: offer },
      { type: 'application/pidf+xml', contentId: location.contentId, content: location.pidf },
    ],
    // The Call-ID is random and stands in no body.
    plan.callId,
  );
  return { contentType: { 'Content-Type': contentType }, body };
}
