import type { SipRequest, SipResponse } from '../message/sip-message.js';
import { from, parseAppMessage, textOf } from './app-message.js';
import { parseProxy, type ProxyCommand } from './proxy-command.js';

/** What an application may ask for, one frame each. `id` is echoed in the reply. */
export type Command =
  | { readonly is: 'authenticate'; readonly id: string; readonly secret: string }
  | { readonly is: 'route' | 'remove route'; readonly id: string; readonly verb: string }
  | { readonly is: 'ping'; readonly id: string }
  /** Go on by a port between threads, see thread-port.ts; no word of drachtio-server's. */
  | { readonly is: 'port'; readonly id: string; readonly token: string }
  | RespondCommand
  | RequestCommand
  | ProxyCommand
  /** A SIP message that cannot be read; the connection is still in step. */
  | { readonly is: 'malformed'; readonly id: string; readonly why: string }
  /** Words of another protocol: there is no use in going on. */
  | { readonly is: 'unintelligible'; readonly id: string; readonly why: string };

/** Answer a request that the engine delivered. */
export interface RespondCommand {
  readonly is: 'respond';
  readonly id: string;
  readonly transactionId: string;
  readonly response: SipResponse;
}

/** Send a request: outside a dialog, inside one, or the CANCEL of one. */
export interface RequestCommand {
  readonly is: 'request';
  readonly id: string;
  /** Set for CANCEL: the INVITE to give up. */
  readonly transactionId: string;
  /** Empty outside a dialog. */
  readonly dialogId: string;
  /** The hop to use instead of the Request-URI's host. */
  readonly nextHop: string;
  readonly request: SipRequest;
}

/** Reads one payload: `id|type|…` and, after CRLF, a SIP message. */
export function parseCommand(payload: Buffer | string): Command {
  const { meta, text } = splitFrame(payload);
  const tokens = meta.split('|');
  const [id = '', type = '', first = ''] = tokens;
  switch (type) {
    case 'authenticate':
      return { is: 'authenticate', id, secret: first };
    case 'route':
      return { is: 'route', id, verb: first };
    case 'remove_route':
      return { is: 'remove route', id, verb: first };
    case 'ping':
      return { is: 'ping', id };
    case 'proxy':
      return parseProxy(id, tokens, text);
    case 'port':
      return { is: type, id, token: first };
    case 'sip':
      return parseSip(id, tokens, text);
    default:
      return { is: 'unintelligible', id, why: 'Unknown message type' };
  }
}

function splitFrame(payload: Buffer | string): { meta: string; text: Buffer | string } {
  const lineEnd = payload.indexOf('\r\n');
  if (lineEnd < 0) return { meta: textOf(payload, 0, payload.length), text: '' };
  return { meta: textOf(payload, 0, lineEnd), text: from(payload, lineEnd + 2) };
}

function parseSip(id: string, tokens: readonly string[], text: Buffer | string): Command {
  const [, , transactionId = '', dialogId = '', nextHop = ''] = tokens;
  const message = parseAppMessage(text);
  if (message === undefined) return { is: 'malformed', id, why: 'invalid sip message' };
  if (message.kind === 'request') {
    return { is: 'request', id, transactionId, dialogId, nextHop, request: message };
  }
  // The real server drops the connection here, and says it with these words.
  if (transactionId === '') return { is: 'unintelligible', id, why: 'transaction id missing' };
  return { is: 'respond', id, transactionId, response: message };
}
