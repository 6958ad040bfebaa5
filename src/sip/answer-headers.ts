/** Header fields in which we speak of ourselves on answers to requests outside and within dialogs. */
import { ALLOW, PRODUCT, SUPPORTED } from '../domain/identity/identity-plan.js';

export const OWN_HEADERS = { Allow: ALLOW, Supported: SUPPORTED, Server: PRODUCT } as const;

/** Our own phrase for each status that we send by ourselves (RFC 3261 §21). */
const PHRASES: Readonly<Record<number, string>> = {
  180: 'Ringing',
  183: 'Session Progress',
  200: 'OK',
  400: 'Bad Request',
  403: 'Forbidden',
  405: 'Method Not Allowed',
  407: 'Proxy Authentication Required',
  415: 'Unsupported Media Type',
  481: 'Call/Transaction Does Not Exist',
  488: 'Not Acceptable Here',
  491: 'Request Pending',
  500: 'Server Internal Error',
  501: 'Not Implemented',
};

export const phraseOf = (status: number): string => PHRASES[status] ?? 'Refused';
