import { createHmac, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { firstHeader } from '../../sip-server/message/headers.js';
import type { HeaderField, SipRequest } from '../../sip-server/message/sip-message.js';
import { tokensOf } from '../../sip-server/message/tokens.js';
import {
  g711,
  offerCodecsHeader,
  readOfferCodecs,
  type AudioCodec,
} from '../sdp/offered-codecs.js';

/** Where the application of a call listens for its event socket. */
export interface Controller {
  readonly host: string;
  readonly port: number;
}

/** What an INVITE asks for, beside its session description. */
export interface Invitation {
  /** `drachtio-fsmrf:<uuid>`: by this the application knows its call again. */
  readonly userAgent: string;
  readonly controller: Controller;
  /** `host:port` as it was written. */
  readonly controllerText: string;
  readonly codecs: readonly AudioCodec[];
  /** The party's offer; undefined: we make it. */
  readonly offer: string | undefined;
}

export interface Refusal {
  readonly status: number;
  readonly reason: string;
  readonly headers?: readonly HeaderField[];
}

const ofFsmrf = /^drachtio-fsmrf:[0-9A-Fa-f-]{8,64}$/;
const forbidden: Refusal = { status: 403, reason: 'Forbidden' };

/** Who may place calls. */
export interface Trust {
  /** Hosts beside loopback that an application may listen on. */
  readonly controllers: readonly string[];
  /** Undefined: nothing has to be proved. */
  readonly key: string | undefined;
}

/**
 * Reads an INVITE, or says why it is refused. Whoever may name the host that we connect to could
 * have us knock anywhere, so only loopback and the configured hosts are taken; and since that host
 * then controls the server, it must prove that it knows the key.
 */
export function readInvitation(request: SipRequest, trust: Trust): Invitation | Refusal {
  const application = readApplication(request, trust);
  if (application === undefined) return forbidden;
  const refusal = refuseExtensions(request) ?? refuseBody(request);
  if (refusal !== undefined) return refusal;
  const wanted = firstHeader(request, offerCodecsHeader);
  const codecs = wanted === undefined ? g711 : readOfferCodecs(wanted);
  if (codecs === undefined) return { status: 400, reason: `Malformed ${offerCodecsHeader}` };
  return { ...application, codecs, offer: offerOf(request) };
}

type Application = Pick<Invitation, 'userAgent' | 'controller' | 'controllerText'>;

/** Undefined for anybody who may not control a call here. */
function readApplication(
  request: SipRequest,
  { controllers, key }: Trust,
): Application | undefined {
  const userAgent = firstHeader(request, 'User-Agent') ?? '';
  const controllerText = firstHeader(request, 'X-esl-outbound') ?? '';
  const controller = readController(controllerText);
  if (!ofFsmrf.test(userAgent) || controller === undefined) return undefined;
  if (!isLoopback(controller.host) && !controllers.includes(controller.host)) return undefined;
  const proof = firstHeader(request, 'X-esl-proof') ?? '';
  if (key !== undefined && !proves(proof, key, `${userAgent}\n${controllerText}`)) return undefined;
  return { userAgent, controller, controllerText };
}

/** The session description in a body; undefined when it has none. */
export function offerOf(request: SipRequest): string | undefined {
  return request.body.length === 0 ? undefined : request.body.toString('utf8');
}

/** RFC 3261 §8.2.2.3: nothing beyond the RFC itself is understood. */
export function refuseExtensions(request: SipRequest): Refusal | undefined {
  const required = tokensOf(request, 'Require');
  if (required === undefined) return { status: 400, reason: 'Malformed Require' };
  if (required.length === 0) return undefined;
  const headers = [{ name: 'Unsupported', value: required.join(', ') }];
  return { status: 420, reason: 'Bad Extension', headers };
}

export function refuseBody(request: SipRequest): Refusal | undefined {
  if (request.body.length === 0) return undefined;
  const type = (firstHeader(request, 'Content-Type') ?? '').split(';', 1)[0] ?? '';
  if (type.trim().toLowerCase() === 'application/sdp') return undefined;
  const headers = [{ name: 'Accept', value: 'application/sdp' }];
  return { status: 415, reason: 'Unsupported Media Type', headers };
}

/** HMAC-SHA256 in hex over both headers, so that it is worth nothing for another call or host. */
function proves(proof: string, key: string, of: string): boolean {
  const due = createHmac('sha256', key).update(of).digest();
  const shown = Buffer.from(proof, 'hex');
  return shown.length === due.length && timingSafeEqual(shown, due);
}

/** fsmrf writes an IPv6 address without brackets, so the last colon is the one before the port. */
function readController(text: string): Controller | undefined {
  const [, bracketed, plain, digits = ''] = /^(?:\[([^\]]+)\]|(.+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port };
}

function isLoopback(host: string): boolean {
  return isIP(host) !== 0 && (host === '::1' || host.startsWith('127.'));
}
