import { did } from '../../src/domain/numbers/did.js';
import type { Dialing, OutgoingLeg, SipCall } from '../../src/flows/ports/sip.js';
import { AGENT, CUSTOMER, pbxTrunk } from './call-house.js';
import type { Frame } from './fake-engine.js';
import { audio, party } from './fake-sip-call.js';
import { eventually, noting, sipSide, type InviteLines, type SipSide } from './sip-side.js';

export const DID = did('+14155550001');
export const OFFER = audio('203.0.113.99');
export const ANSWER = audio('198.51.100.77');
/** The description as we would write it: under an origin of our own. */
export const written = (sdp: string): string =>
  sdp.replace(/^o=.*\r$/m, 'o=- 5 1 IN IP4 192.0.2.1\r');
/** The dialog id of a callee’s leg. */
export const CALLEE_DIALOG = 'call-of-ours;from-tag=ours';

/** What is dialed for a call of the customer to the agent. */
export const dialing = (change: Partial<Dialing> = {}): Dialing => ({
  towards: 'callee',
  plan: {
    requestUri: 'sip:agent.7731@198.51.100.7',
    callId: 'call-of-ours',
    headers: {
      From: `<sip:${DID}@localhost>`,
      To: '<sip:agent.7731@pbx.example>',
      Contact: '<sip:c@localhost>',
      'Call-ID': 'call-of-ours',
    },
  },
  offer: audio('192.0.2.9'),
  location: undefined,
  credentials: undefined,
  ...change,
});

const CALLER = [
  '+14155550142@carrier.example',
  'carriertag',
  'call-of-carrier@203.0.113.5',
] as const;
const CALLEE = ['agent.7731@pbx.example', 'theirs', 'call-of-ours'] as const;

/** The dialog id of the caller’s leg. */
export const CALLER_DIALOG = `${CALLER[2]};from-tag=${CALLER[1]}`;

/** A request of a peer within its dialog; `more` is further header lines. */
export function withinDialog(
  method: string,
  of: 'caller' | 'callee',
  body = '',
  more: readonly string[] = [],
): string {
  const [aor, tag, callId] = of === 'caller' ? CALLER : CALLEE;
  const lines = [
    `${method} sip:own@192.0.2.1 SIP/2.0`,
    `From: <sip:${aor}>;tag=${tag}`,
    `To: <sip:${DID}@192.0.2.1>;tag=ours`,
    `Call-ID: ${callId}`,
    `CSeq: 2 ${method}`,
    ...more,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** The customer’s call at the SIP edge, with an engine that the test plays. */
export class EdgeCall {
  private constructor(
    readonly side: SipSide,
    readonly notes: ReturnType<typeof noting>,
  ) {}

  static async open(): Promise<EdgeCall> {
    return new EdgeCall(await sipSide(), noting());
  }

  async arrive(lines: InviteLines = { body: OFFER }): Promise<SipCall> {
    const call = await this.side.arrive(lines);
    call.listen(this.notes.call);
    call.mask({
      caller: [party(CUSTOMER)],
      callee: party(AGENT),
      calleeKnownToCaller: false,
      dids: [DID],
      trunks: { caller: call.arrival.trunk, callee: pbxTrunk() },
      directMedia: true,
    });
    return call;
  }

  dial(call: SipCall, change: Partial<Dialing> = {}): OutgoingLeg {
    return call.dial(dialing(change), this.notes.dial, this.notes.leg('callee'));
  }

  /** The n-th INVITE of ours. */
  invited(n = 1): Promise<Frame> {
    return this.side.engine.take('INVITE', n);
  }

  /** The call is over: in the end nothing of it may be left at the door. */
  async forgotten(call?: SipCall): Promise<void> {
    call?.release();
    await eventually(() => (this.side.link.door.size === 0 ? true : undefined));
  }

  close(): Promise<void> {
    return this.side.close();
  }
}
