import type { Trunk } from '../domain/identity/trunk.js';
import { readDialed } from '../domain/numbers/dialed.js';
import type { Arrival } from '../flows/ports/sip.js';
import { callersOf } from './caller-identity.js';
import { headerOf, type DrachtioRequest } from './drachtio.js';
import { inviteBody } from './invite-body.js';

/** RFC 3261 §8.1.1.6: without Max-Forwards a request counts as fresh. */
const FRESH_HOPS = 70;

/** Everything an INVITE may contribute to a call, as parsed values. */
export function readArrival(req: DrachtioRequest, trunk: Trunk): Arrival {
  const body = inviteBody(req);
  return {
    trunk,
    sipCallId: headerOf(req, 'call-id', 'i') ?? '',
    dialed: readDialed(req.uri, trunk.country, trunk.identity.numberFormat),
    callers: callersOf(req, trunk),
    offer: body.sdp,
    foreignBody: body.foreign,
    malformed: Number.isNaN(hopsLeft(req)) || !hasContact(req),
    hopsLeft: hopsLeft(req),
    required: tokensOf(headerOf(req, 'require')),
    ownAddress: splitHostPort(req.receivedOn).host ?? '127.0.0.1',
    location: {
      byValue: body.location,
      geolocation: headerOf(req, 'geolocation'),
      geolocationRouting: headerOf(req, 'geolocation-routing'),
      accessNetwork: headerOf(req, 'p-access-network-info'),
    },
    sessionExpires: sessionTimerOf(req)?.seconds,
  };
}

/** NaN when Max-Forwards is no number. */
function hopsLeft(req: DrachtioRequest): number {
  const text = headerOf(req, 'max-forwards') ?? String(FRESH_HOPS);
  return /^\s*\d{1,10}\s*$/.test(text) ? Math.min(Number(text), FRESH_HOPS) - 1 : Number.NaN;
}

/** A dialog cannot be made without it, and drachtio-srf would answer 200 all the same. */
function hasContact(req: DrachtioRequest): boolean {
  const contact = headerOf(req, 'contact', 'm')?.trim();
  return contact !== undefined && /^(?!\*$)./.test(contact);
}

export const tokensOf = (value: string | undefined): string[] =>
  (value ?? '')
    .split(',')
    .map((token) => token.trim())
    .filter(Boolean);

export interface SessionTimer {
  readonly seconds: number;
  readonly refresher: 'uac' | 'uas' | undefined;
}

/** Session-Expires as the caller asks for it (RFC 4028 §4). */
export function sessionTimerOf(req: DrachtioRequest): SessionTimer | undefined {
  const value = headerOf(req, 'session-expires', 'x');
  const match = value === undefined ? null : /^\s*(\d{1,9})(?:\s*;(.*))?$/.exec(value);
  if (match === null) return undefined;
  const refresher = /refresher\s*=\s*(uac|uas)/i.exec(match[2] ?? '')?.[1]?.toLowerCase();
  return { seconds: Number(match[1]), refresher: refresher as SessionTimer['refresher'] };
}

/** Takes `192.0.2.1:5060`, `[2001:db8::1]:5060` and `2001:db8::1:5060` (the engine's own form). */
export function splitHostPort(text: string | undefined): {
  host: string | undefined;
  port: number | undefined;
} {
  const match = /^\[?(.+?)\]?:(\d+)$/.exec(text ?? '');
  return { host: match?.[1], port: match?.[2] === undefined ? undefined : Number(match[2]) };
}
