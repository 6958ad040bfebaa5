import { verdict, type Verdict } from '../domain/calls/verdict.js';
import { readDtmf, writeDtmf, type Dtmf } from '../domain/identity/dtmf.js';
import { reasonHeader } from '../domain/identity/reasons.js';
import {
  RenegotiationFailed,
  type Leg,
  type LegListener,
  type Reinvited,
  type Reply,
} from '../flows/ports/sip.js';
import { OWN_HEADERS, phraseOf } from './answer-headers.js';
import type { Side } from './call-guard.js';
import {
  headerOf,
  type DrachtioDialog,
  type DrachtioRequest,
  type DrachtioResponse,
  type InDialogRequest,
} from './drachtio.js';
import { verdictOfLimit } from './frame-limit.js';
import type { GuardDoor } from './guard-door.js';
import type { OpenEnds } from './open-ends.js';
import { sendReinvite } from './send-reinvite.js';
import { tracesOf, type Traces } from './traces.js';

export interface DialogLegDeps {
  readonly side: Side;
  /** What we are in it: who called sends no 200 that waits for an ACK. */
  readonly role: 'uac' | 'uas';
  readonly listener: LegListener;
  readonly ends: OpenEnds;
  readonly door: GuardDoor;
  /** Whatever the peer gives away of itself in later messages. */
  learn(traces: Traces): void;
}

/**
 * One established dialog behind drachtio-srf's Dialog. Its listeners must be attached in the same
 * tick in which the dialog is made: ACK and BYE may already stand in the same read.
 */
export class DialogLeg implements Leg {
  readonly sipCallId: string;
  readonly allowsUpdate: boolean;
  #leaving = false;
  /** Our own 200 waits for its ACK; until then no INVITE may go the other way (RFC 3261 §14.1). */
  readonly #settled: Promise<void>;

  constructor(
    private readonly dialog: DrachtioDialog,
    private readonly deps: DialogLegDeps,
  ) {
    this.sipCallId = dialog.sip.callId;
    const opening = deps.role === 'uas' ? dialog.req : dialog.res;
    this.allowsUpdate = /\bUPDATE\b/i.test(headerOf(opening, 'allow') ?? '');
    deps.ends.open(this);
    this.#settled =
      deps.role === 'uac'
        ? Promise.resolve()
        : new Promise((resolve) => {
            dialog.once('ack', () => resolve());
            dialog.once('destroy', () => resolve());
          });
    this.#attach();
  }

  acknowledge(): void {
    // A dialog was acknowledged when it was made; the delayed offer is UnacknowledgedLeg's.
  }

  async reinvite(offer: string | undefined, givenUp?: AbortSignal): Promise<Reinvited> {
    await this.#settled;
    if (givenUp?.aborted === true) throw new RenegotiationFailed(487);
    const headers = { Contact: this.dialog.local.contact, ...OWN_HEADERS };
    const { dialog, deps } = this;
    const { res, ack } = await sendReinvite(
      { dialog, door: deps.door, headers, ...bodyOf(offer) },
      givenUp,
    ).catch(failed);
    this.#learn(res);
    if (res.status >= 300) throw new RenegotiationFailed(res.status);
    const sdp = sdpOf(res);
    if (offer !== undefined) {
      ack();
      return { sdp, acknowledge: undefined };
    }
    if (sdp === undefined) {
      // An offer-less 200 to an offer-less re-INVITE leaves nothing to answer, but must be ACKed.
      ack();
      throw new RenegotiationFailed(488);
    }
    return { sdp, acknowledge: (body) => ack({ body }) };
  }

  async update(offer: string | undefined): Promise<string | undefined> {
    return sdpOf(await this.#ask({ method: 'UPDATE', ...bodyOf(offer) }));
  }

  async sendDtmf(dtmf: Dtmf): Promise<void> {
    const { contentType, body } = writeDtmf(dtmf);
    await this.#ask({ method: 'INFO', headers: { 'Content-Type': contentType }, body });
  }

  hangUp(ending: Verdict): void {
    // drachtio-srf takes the dialog for connected until its BYE is answered.
    if (!this.dialog.connected || this.#leaving) return;
    this.#leaving = true;
    this.dialog.destroy({ headers: { Reason: reasonHeader(ending) } }, () =>
      this.deps.ends.close(this),
    );
  }

  #ask(request: Partial<InDialogRequest> & { method: string }): Promise<DrachtioResponse> {
    const headers = { Contact: this.dialog.local.contact, ...OWN_HEADERS, ...request.headers };
    return new Promise((resolve, reject) => {
      this.dialog.request({ ...request, headers }, (err, res) => {
        if (err || res === undefined) {
          reject(new RenegotiationFailed(statusOf(err)));
          return;
        }
        if (res.status < 200) return;
        this.#learn(res);
        if (res.status >= 300) reject(new RenegotiationFailed(res.status));
        else resolve(res);
      });
    });
  }

  #learn(res: DrachtioResponse): void {
    this.deps.learn(tracesOf(res, 'to', res.source_address));
  }

  #attach(): void {
    const { dialog } = this;
    const { listener } = this.deps;
    dialog.on('destroy', (bye: DrachtioRequest, reason?: string) => {
      this.deps.ends.close(this);
      listener.hungUp(this.#endingOf(bye, reason));
    });
    dialog.on('ack', (ack: DrachtioRequest) => listener.acknowledged(sdpOf(ack)));
    // drachtio-srf defers every request but BYE and re-INVITE to the next turn, so that whoever waits
    // for the other leg knows of it first; a re-INVITE in the same read needs the same courtesy.
    this.#on('modify', (req, reply) => setImmediate(() => listener.reinvited(sdpOf(req), reply)));
    this.#on('update', (req, reply) => listener.updated(sdpOf(req), reply));
    this.#on('info', (req, reply) => {
      const dtmf = readDtmf(headerOf(req, 'content-type', 'c'), req.body ?? '');
      if (dtmf) listener.dtmf(dtmf, reply);
      else reply.refuse(415);
    });
    this.#on('options', (_, reply) => void reply.accept());
    // Transfers are ours to make, with new legs; what a peer asks in these never crosses.
    this.#on('refer', (_, reply) => reply.refuse(403));
    this.#on('message', (_, reply) => reply.refuse(405));
    this.#on('publish', (_, reply) => reply.refuse(405));
    this.#on('notify', (_, reply) => reply.refuse(481));
    this.#on('subscribe', (_, reply) => reply.refuse(405));
  }

  #on(event: string, take: (req: DrachtioRequest, reply: Reply) => void): void {
    this.dialog.on(event, (req: DrachtioRequest, res: DrachtioResponse) => {
      this.deps.learn(tracesOf(req, 'from', req.source_address));
      take(req, this.#replyTo(req, res));
    });
  }

  #replyTo(req: DrachtioRequest, res: DrachtioResponse): Reply {
    const cancel = new AbortController();
    const cancelled = cancel.signal;
    req.on('cancel', () => cancel.abort());
    const headers = (): Record<string, string> => ({
      Contact: this.dialog.local.contact,
      ...OWN_HEADERS,
    });
    const accept = (sdp: string | undefined, done: (sent: boolean) => void): void => {
      if (sdp !== undefined) this.dialog.local.sdp = sdp;
      res.send(200, phraseOf(200), { headers: headers(), ...bodyOf(sdp) }, (err) => {
        // A CANCEL that crossed our 200 has been answered, and so has its INVITE.
        done(!err);
        if (verdictOfLimit(String(err)) === undefined) return;
        // drachtio-srf takes the 200 for sent, but the peer still waits.
        res.finished = false;
        res.send(488, phraseOf(488), { headers: headers() });
      });
    };
    return {
      cancelled,
      accept: (sdp) =>
        new Promise((resolve) => {
          if (cancelled.aborted) resolve(false);
          else accept(sdp, resolve);
        }),
      refuse: (status) => {
        if (!cancelled.aborted) res.send(status, phraseOf(status), { headers: headers() });
      },
    };
  }

  #endingOf(bye: DrachtioRequest, reason: string | undefined): Verdict {
    // The engine's own BYEs say why in words of its own.
    if (bye.source === 'application') {
      if (/ack timeout/i.test(reason ?? '')) return verdict('ack-timeout');
      if (/session|timer|expired/i.test(reason ?? '')) return verdict('session-timer-expired');
    }
    return verdict(this.deps.side === 'caller' ? 'caller-hung-up' : 'callee-hung-up');
  }
}

/** The engine has no such dialog any more: what a peer would say with 481. */
const statusOf = (err: unknown): number => {
  if (verdictOfLimit(String(err)) !== undefined) return 488;
  return err instanceof Error && 'code' in err && err.code === 'ENODIALOG' ? 481 : 500;
};

const failed = (err: unknown): never => {
  throw new RenegotiationFailed(statusOf(err));
};

const bodyOf = (sdp: string | undefined): { body?: string } =>
  sdp === undefined ? {} : { body: sdp };

export function sdpOf(msg: { body: string | undefined }): string | undefined {
  return msg.body === undefined || msg.body === '' ? undefined : msg.body;
}
