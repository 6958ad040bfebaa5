import { addressOfUri, hostPort, type Address } from './address.js';
import { compose, newBranch, newTag, phraseOf } from './compose.js';
import type { ReplyExtras, RequestExtras } from './exchange.js';
import { SipText, uriOf } from './message.js';
import type { Wire } from './wire.js';

/** A phone's half of a dialog: enough to write requests in it, nothing else. */
export class Dialog {
  readonly callId: string;
  readonly localTag = newTag();
  /** From or To value of this side, without the tag. */
  local: string;
  /** From or To value of the other side, with its tag once it is known. */
  remote: string;
  /** Contact of the other side. */
  target: string;
  routes: readonly string[] = [];
  peer: Address;
  cseq = 100;
  readonly #wire: Wire;
  readonly #user: string;
  readonly #viaProxy: boolean;

  constructor(
    wire: Wire,
    user: string,
    start: Pick<Dialog, 'callId' | 'local' | 'remote' | 'target' | 'peer'>,
    viaProxy: boolean,
  ) {
    this.#wire = wire;
    this.#user = user;
    this.#viaProxy = viaProxy;
    this.callId = start.callId;
    this.local = start.local;
    this.remote = start.remote;
    this.target = start.target;
    this.peer = start.peer;
  }

  get contact(): string {
    const transport = this.#wire.protocol === 'tcp' ? ';transport=tcp' : '';
    return `<sip:${this.#user}@${hostPort(this.#wire.local)}${transport}>`;
  }

  /** Where requests go: through the proxy of a phone that has one, else along the route. */
  get destination(): Address {
    if (this.#viaProxy) return this.peer;
    return addressOfUri(uriOf(this.routes[0] ?? '')) ?? addressOfUri(this.target) ?? this.peer;
  }

  /** Learns tag, Contact and route from a response that makes the dialog (RFC 3261 §12.1.2). */
  learnFromResponse(response: SipText): void {
    this.remote = response.get('to');
    if (response.has('contact')) this.target = uriOf(response.get('contact'));
    this.routes = this.#recorded(response).reverse();
  }

  learnFromRequest(request: SipText): void {
    this.routes = this.#recorded(request);
  }

  /** A request on a new branch; an ACK passes the CSeq of what it acknowledges. */
  request(method: string, extras: RequestExtras = {}, ownCseq?: number): SipText {
    const cseq = ownCseq ?? (this.cseq += 1);
    const contact = extras.contact ?? this.contact;
    const lines = [
      `Via: ${this.#via};branch=${newBranch()};rport`,
      `Max-Forwards: ${extras.maxForwards ?? '70'}`,
      ...this.routes.map((route) => `Route: ${route}`),
      `From: ${extras.from ?? this.local};tag=${this.localTag}`,
      `To: ${this.#to(extras.to)}`,
      `Call-ID: ${this.callId}`,
      `CSeq: ${cseq} ${method}`,
      ...(contact === '' ? [] : [`Contact: ${contact}`]),
      ...(extras.lines ?? []),
    ];
    const uri = extras.uri ?? this.target;
    return new SipText(compose(`${method} ${uri} SIP/2.0`, lines, extras.body));
  }

  /** CANCEL repeats the INVITE's branch, URI and To, tagless even after a ringing (RFC 3261 §9.1). */
  cancel(invite: SipText, extras: RequestExtras = {}): SipText {
    const lines = [
      `Via: ${extras.branch === undefined ? invite.get('via') : `${this.#via};branch=${extras.branch}`}`,
      'Max-Forwards: 70',
      `From: ${invite.get('from')}`,
      `To: ${invite.get('to')}`,
      `Call-ID: ${this.callId}`,
      `CSeq: ${invite.cseq} CANCEL`,
      ...(extras.lines ?? []),
    ];
    return new SipText(compose(`CANCEL ${invite.uri} SIP/2.0`, lines, extras.body));
  }

  get #via(): string {
    return `SIP/2.0/${this.#wire.protocol.toUpperCase()} ${hostPort(this.#wire.local)}`;
  }

  #to(instead: string | undefined): string {
    if (instead === undefined) return this.remote;
    return instead + (/;\s*tag=.*/.exec(this.remote)?.[0] ?? '');
  }

  /** A response to `request`, with our tag from the first one above 100 on. */
  response(request: SipText, status: number, extras: ReplyExtras = {}): Buffer {
    const to = request.get('to');
    const tag = status === 100 || /;\s*tag=/i.test(to) ? '' : `;tag=${this.localTag}`;
    const contact = extras.contact ?? (status > 100 && status < 400 ? this.contact : '');
    return compose(
      `SIP/2.0 ${status} ${extras.reason ?? phraseOf(status)}`,
      [
        ...request.all('via').map((via) => `Via: ${via}`),
        ...request.all('record-route').map((route) => `Record-Route: ${route}`),
        `From: ${request.get('from')}`,
        `To: ${to}${tag}`,
        `Call-ID: ${request.get('call-id')}`,
        `CSeq: ${request.get('cseq')}`,
        ...(contact === '' ? [] : [`Contact: ${contact}`]),
        ...(extras.lines ?? []),
      ],
      extras.body,
    );
  }

  /** The recorded route without this phone itself, which a script may have put there. */
  #recorded(message: SipText): string[] {
    return message
      .all('record-route')
      .flatMap((value) => value.split(/,\s*(?=<)/))
      .filter((route) => !route.includes(`@${hostPort(this.#wire.local)}`));
  }
}
