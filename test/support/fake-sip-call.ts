import { verdict, type CallRefused, type Verdict } from '../../src/domain/calls/verdict.js';
import { readDialed } from '../../src/domain/numbers/dialed.js';
import { SipAddress, type PartyAddress } from '../../src/domain/numbers/party-address.js';
import { RealNumber } from '../../src/domain/numbers/real-number.js';
import type { Dtmf } from '../../src/domain/identity/dtmf.js';
import type {
  Arrival,
  DialListener,
  Dialing,
  Leg,
  LegListener,
  OutgoingLeg,
  RefusalDetail,
  Reinvited,
  Reply,
  SecretsOfCall,
  SipCall,
  SipCallListener,
} from '../../src/flows/ports/sip.js';
import { AGENT, CUSTOMER, pbxTrunk, trunk } from './call-house.js';

/** An offer or answer of one PCMU stream. */
export function audio(address: string, port = 40000, direction = 'sendrecv'): string {
  return [
    'v=0',
    `o=someone 777 5 IN IP4 ${address}`,
    's=phone',
    `c=IN IP4 ${address}`,
    't=0 0',
    `m=audio ${port} RTP/AVP 0`,
    'a=rtpmap:0 PCMU/8000',
    `a=${direction}`,
    '',
  ].join('\r\n');
}

export const party = (text: string): PartyAddress => {
  const read = text.includes('@') ? SipAddress.parse(text) : RealNumber.parse(text);
  if (read === undefined) throw new Error(`no party: ${text}`);
  return read;
};

/** What the edge reads from the customer's INVITE to `uri`. */
export function fromCarrier(uri: string, change: Partial<Arrival> = {}): Arrival {
  return {
    trunk: trunk(),
    sipCallId: 'caller-call-id',
    dialed: readDialed(uri, 'US'),
    callers: [party(CUSTOMER)],
    offer: audio('203.0.113.99'),
    foreignBody: false,
    malformed: false,
    hopsLeft: 69,
    required: [],
    ownAddress: '192.0.2.1',
    location: {
      byValue: undefined,
      geolocation: undefined,
      geolocationRouting: undefined,
      accessNetwork: undefined,
    },
    sessionExpires: undefined,
    ...change,
  };
}

/** What the edge reads from the agent's INVITE to `uri`. */
export const fromPbx = (uri: string, change: Partial<Arrival> = {}): Arrival =>
  fromCarrier(uri, { trunk: pbxTrunk(), callers: [party(AGENT)], ...change });

/** A dialog whose far end the test plays. */
export class FakeLeg implements Leg {
  readonly sipCallId = 'fake-leg';
  allowsUpdate = true;
  /** What was asked of it, such as `hang up caller-hung-up`. */
  readonly said: string[] = [];
  /** How the far end answers what changes the session. */
  reinvited: (offer: string | undefined) => Promise<Reinvited> = () =>
    Promise.resolve({ sdp: audio('198.51.100.77'), acknowledge: undefined });
  updated: (offer: string | undefined) => Promise<string | undefined> = () =>
    Promise.resolve(audio('198.51.100.77'));

  constructor(readonly hears: LegListener) {}

  acknowledge(answer: string): void {
    this.said.push(`ack ${connectionOf(answer)}`);
  }

  reinvite(offer: string | undefined, givenUp?: AbortSignal): Promise<Reinvited> {
    this.said.push(`reinvite ${offer === undefined ? 'without offer' : connectionOf(offer)}`);
    givenUp?.addEventListener('abort', () => this.said.push('cancel'));
    return this.reinvited(offer);
  }

  update(offer: string | undefined): Promise<string | undefined> {
    this.said.push(`update ${offer === undefined ? 'without offer' : connectionOf(offer)}`);
    return this.updated(offer);
  }

  sendDtmf({ digit }: Dtmf): Promise<void> {
    this.said.push(`dtmf ${digit}`);
    return Promise.resolve();
  }

  hangUp({ reason }: Verdict): void {
    this.said.push(`hang up ${reason}`);
  }
}

/** An INVITE that was sent, whose callee the test plays. */
export class FakeDial implements OutgoingLeg {
  readonly said: string[] = [];
  leg: FakeLeg | undefined;

  constructor(
    readonly dialing: Dialing,
    private readonly hears: DialListener,
    private readonly legHears: LegListener,
  ) {}

  cancel({ reason }: Verdict): void {
    this.said.push(`cancel ${reason}`);
  }

  progress(status: number, earlyMedia?: string): void {
    this.hears.progressed(status, earlyMedia);
  }

  answer(sdp: string | undefined = audio('198.51.100.77')): FakeLeg {
    this.leg = new FakeLeg(this.legHears);
    this.hears.answered(this.leg, sdp);
    return this.leg;
  }

  fail(reason: Verdict['reason'], status?: number): void {
    this.hears.failed(verdict(reason), status);
  }
}

const connectionOf = (sdp: string): string => /^c=IN IP4 (\S+)/m.exec(sdp)?.[1] ?? 'nothing';

/** A call at the SIP edge without SIP: what the flow says is written down, the test plays the rest. */
export class FakeSipCall implements SipCall {
  readonly #cancelled = new AbortController();
  #listener: SipCallListener | undefined;
  /** What the caller hears: `180`, `183 with media`, `200`, `404 unknown-number`. */
  readonly said: string[] = [];
  readonly dials: FakeDial[] = [];
  secrets: SecretsOfCall | undefined;
  answerHeaders: Readonly<Record<string, string>> = {};
  refusalDetail: RefusalDetail | undefined;
  callerLeg: FakeLeg | undefined;
  released = 0;
  /** Why the 200 does not leave; or holds it back until it resolves. */
  answering: () => Promise<CallRefused | undefined> = () => Promise.resolve(undefined);
  /** Runs when an INVITE is to be sent; throws when it cannot be handed over. */
  dialing: () => void = () => undefined;

  constructor(readonly arrival: Arrival) {}

  get cancelled(): AbortSignal {
    return this.#cancelled.signal;
  }

  listen(listener: SipCallListener): void {
    this.#listener = listener;
    if (this.cancelled.aborted) listener.cancelled();
  }

  mask(secrets: SecretsOfCall): void {
    this.secrets = secrets;
  }

  present(headers: Readonly<Record<string, string>>): void {
    this.answerHeaders = headers;
  }

  ring(status: 180 | 183, earlyMedia: string | undefined): void {
    this.said.push(earlyMedia === undefined ? String(status) : `${status} with media`);
  }

  async answer(sdp: string, listener: LegListener): Promise<Leg> {
    const leg = new FakeLeg(listener);
    this.callerHears = listener;
    const lost = await this.answering();
    if (lost !== undefined) throw lost;
    this.said.push('200');
    this.callerSdp = sdp;
    this.callerLeg = leg;
    return leg;
  }

  callerSdp: string | undefined;
  /** Handed over with the 200: what comes in the same read is heard through it. */
  callerHears: LegListener | undefined;

  refuse(v: Verdict, detail?: RefusalDetail): void {
    if (this.cancelled.aborted || this.said.some((word) => /^[2-6]/.test(word))) return;
    this.refusalDetail = detail;
    this.said.push(`${v.sip} ${v.reason}`);
  }

  dial(dialing: Dialing, listener: DialListener, legListener: LegListener): OutgoingLeg {
    const dial = new FakeDial(dialing, listener, legListener);
    this.dials.push(dial);
    this.dialing();
    return dial;
  }

  release(): void {
    this.released += 1;
  }

  /** The caller gives up. */
  cancel(): void {
    this.#cancelled.abort();
    this.#listener?.cancelled();
  }

  /** The guard stops a message of this call. */
  leak(): void {
    this.#listener?.leaked();
  }
}

/** A reply that tells what was replied. */
export class FakeReply implements Reply {
  readonly said: string[] = [];
  sdp: string | undefined;
  readonly #cancel = new AbortController();
  readonly cancelled = this.#cancel.signal;
  /** The 200 does not reach the peer. */
  tooLate = false;

  /** The peer gives its request up; nothing more is said to it. */
  cancel(): void {
    this.#cancel.abort();
  }

  accept(sdp?: string): Promise<boolean> {
    if (this.tooLate || this.cancelled.aborted) return Promise.resolve(false);
    this.sdp = sdp;
    this.said.push(sdp === undefined ? '200' : `200 ${connectionOf(sdp)}`);
    return Promise.resolve(true);
  }

  refuse(status: number): void {
    if (!this.cancelled.aborted) this.said.push(String(status));
  }
}

/** Turns of the event loop, until every promise that can settle without time passing has. */
export async function turns(count = 3): Promise<void> {
  for (let i = 0; i < count; i += 1) await new Promise((resolve) => setImmediate(resolve));
}
