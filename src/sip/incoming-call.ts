import { CallRefused, type Verdict } from '../domain/calls/verdict.js';
import type { Trunk } from '../domain/identity/trunk.js';
import type { Clock } from '../domain/time.js';
import { reasonHeader } from '../domain/identity/reasons.js';
import type {
  Arrival,
  DialListener,
  Dialing,
  Leg,
  LegListener,
  OutgoingLeg,
  RefusalDetail,
  SecretsOfCall,
  SipCall,
  SipCallListener,
} from '../flows/ports/sip.js';
import { OWN_HEADERS, phraseOf } from './answer-headers.js';
import { CallGuard } from './call-guard.js';
import { CallLegs } from './call-legs.js';
import { DialogLeg } from './dialog-leg.js';
import type { Drachtio, DrachtioRequest, DrachtioResponse } from './drachtio.js';
import { headerOf } from './drachtio.js';
import { verdictOfLimit } from './frame-limit.js';
import { STOPPED, type GuardDoor } from './guard-door.js';
import { readArrival, sessionTimerOf, type SessionTimer } from './read-arrival.js';
import { tracesOf } from './traces.js';

export interface IncomingCallDeps {
  readonly srf: Drachtio;
  readonly clock: Clock;
  readonly door: GuardDoor;
  readonly ownAddresses: readonly string[];
}

/** One call at the SIP edge, behind a new INVITE of a trunk. */
export class IncomingCall implements SipCall {
  readonly arrival: Arrival;
  readonly #cancelled = new AbortController();
  readonly #guard: CallGuard;
  readonly #timer: SessionTimer | undefined;
  readonly #legs: CallLegs;
  #answering = false;
  #listener: SipCallListener | undefined;
  #leaked = false;
  #answerHeaders: Readonly<Record<string, string>> = OWN_HEADERS;

  /** Subscribes to CANCEL first: one may stand in the same read as the INVITE. */
  constructor(
    private readonly req: DrachtioRequest,
    private readonly res: DrachtioResponse,
    trunk: Trunk,
    private readonly deps: IncomingCallDeps,
  ) {
    req.on('cancel', () => this.#takeCancel());
    this.arrival = readArrival(req, trunk);
    this.#timer = sessionTimerOf(req);
    this.#guard = new CallGuard(deps.ownAddresses);
    this.#guard.learn('caller', tracesOf(req, 'from', req.source_address));
    this.#legs = new CallLegs({
      ...deps,
      guard: this.#guard,
      socket: req.socket,
      leaked: () => this.#takeLeak(),
    });
    deps.door.bindTransaction(req.stackTxnId, this.arrival.sipCallId);
    deps.door.watch(this.arrival.sipCallId, {
      guard: this.#guard,
      side: 'caller',
      leaked: () => this.#takeLeak(),
    });
    // An offer within an early dialog would need an answer that nobody has yet (RFC 3311 §5.2).
    req.on('update', (update: DrachtioRequest, reply: DrachtioResponse) => {
      const status = update.body ? 500 : 200;
      const headers = { ...OWN_HEADERS, ...(update.body ? { 'Retry-After': '5' } : {}) };
      reply.send(status, phraseOf(status), { headers });
    });
  }

  get cancelled(): AbortSignal {
    return this.#cancelled.signal;
  }

  listen(listener: SipCallListener): void {
    this.#listener = listener;
    if (this.cancelled.aborted) listener.cancelled();
    if (this.#leaked) listener.leaked();
  }

  mask(secrets: SecretsOfCall): void {
    this.#guard.arm(secrets);
  }

  present(headers: Readonly<Record<string, string>>): void {
    this.#answerHeaders = headers;
  }

  ring(status: 180 | 183, earlyMedia: string | undefined): void {
    if (this.cancelled.aborted || this.res.finalResponseSent) return;
    const reliable = this.arrival.required.some((tag) => tag.toLowerCase() === '100rel');
    const headers = { ...this.#answerHeaders, ...(reliable ? { Require: '100rel' } : {}) };
    const body = earlyMedia === undefined ? {} : { body: earlyMedia };
    const ignore = (): void => undefined;
    this.res.send(status, phraseOf(status), { headers, ...body }, ignore, ignore);
  }

  answer(sdp: string, listener: LegListener): Promise<Leg> {
    const headers = { ...this.#answerHeaders, ...this.#timerHeaders() };
    this.#answering = true;
    // Until the engine has said whether our 200 has left, there may be a leg to hang up.
    const unsure = {};
    this.#legs.ends.open(unsure);
    return new Promise((resolve, reject) => {
      this.deps.srf.createUAS(this.req, this.res, { localSdp: sdp, headers }, (err, dialog) => {
        if (dialog === undefined) {
          reject(this.#notAnswered(String(err)));
          this.#legs.ends.close(unsure);
          return;
        }
        this.#guard.learn('caller', { tags: new Set([dialog.sip.localTag]) });
        const leg = new DialogLeg(dialog, {
          side: 'caller',
          role: 'uas',
          listener,
          ends: this.#legs.ends,
          door: this.deps.door,
          learn: (traces) => this.#guard.learn('caller', traces),
        });
        this.#legs.ends.close(unsure);
        resolve(leg);
      });
    });
  }

  refuse(v: Verdict, detail: RefusalDetail = {}): void {
    if (this.cancelled.aborted || this.res.finalResponseSent) return;
    this.res.send(v.sip, v.phrase, { headers: refusalHeaders(v, detail) }, () => undefined);
  }

  dial(dialing: Dialing, listener: DialListener, legListener: LegListener): OutgoingLeg {
    return this.#legs.dial(dialing, listener, legListener);
  }

  release(): void {
    // Nothing more is said to a caller who got no answer, and it may call again under its Call-ID.
    if (!this.#answering) this.#forgetCaller();
    this.#legs.release(() => {
      if (this.#answering) this.#forgetCaller();
    });
  }

  #forgetCaller(): void {
    this.deps.door.forget(this.arrival.sipCallId, [this.req.stackTxnId]);
  }

  #notAnswered(why: string): CallRefused {
    // The engine has answered a CANCEL; drachtio-srf tells nobody of it once it has tried a 200.
    if (this.cancelled.aborted || /unknown transaction/i.test(why)) {
      return new CallRefused('caller-cancelled', why);
    }
    // drachtio-srf takes the 200 for sent, but the caller still waits for a final response.
    this.res.finished = false;
    const reason = why.includes(STOPPED) ? 'leak-blocked' : verdictOfLimit(why);
    return new CallRefused(reason ?? 'internal-error', why);
  }

  #takeCancel(): void {
    this.#cancelled.abort();
    this.#listener?.cancelled();
  }

  #takeLeak(): void {
    this.#leaked = true;
    this.#listener?.leaked();
  }

  /** Agrees to the caller's session timer; the engine keeps it (RFC 4028 §9). */
  #timerHeaders(): Record<string, string> {
    if (this.#timer === undefined) return {};
    const canRefresh = /\btimer\b/i.test(headerOf(this.req, 'supported', 'k') ?? '');
    const refresher = this.#timer.refresher ?? (canRefresh ? 'uac' : 'uas');
    return {
      'Session-Expires': `${this.#timer.seconds};refresher=${refresher}`,
      ...(refresher === 'uac' ? { Require: 'timer' } : {}),
    };
  }
}

/** The few fields a refusal of ours may carry; no text of any other party is among them. */
export function refusalHeaders(v: Verdict, detail: RefusalDetail): Record<string, string> {
  return {
    ...OWN_HEADERS,
    Reason: reasonHeader(v),
    ...(v.retryAfter !== undefined && { 'Retry-After': String(v.retryAfter) }),
    ...(v.sip === 420 && { Unsupported: (detail.unsupported ?? []).join(', ') }),
    ...(v.sip === 422 && { 'Min-SE': String(detail.minSessionExpires ?? 90) }),
    ...(v.sip === 415 && { Accept: 'application/sdp' }),
  };
}

/** The refusal of a request that never becomes a call. */
export function refuseStranger(
  res: DrachtioResponse,
  v: Verdict,
  detail: RefusalDetail = {},
): void {
  res.send(v.sip, v.phrase, { headers: refusalHeaders(v, detail) });
}
