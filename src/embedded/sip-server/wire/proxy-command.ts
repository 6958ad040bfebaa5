import type { HeaderField } from '../message/sip-message.js';
import { parseAppMessage } from './app-message.js';

/** Forward a request that the engine delivered, and stay in the path as a proxy. */
export interface ProxyCommand {
  readonly is: 'proxy';
  readonly id: string;
  readonly transactionId: string;
  /** Later requests of the dialog are to come by us too. */
  readonly recordRoute: boolean;
  /** Every final response is reported, not only that the request was forwarded. */
  readonly fullResponse: boolean;
  readonly followRedirects: boolean;
  readonly simultaneous: boolean;
  /** How long a destination may stay silent, and how long it may go unanswered, in ms. */
  readonly provisionalMs: number | undefined;
  readonly finalMs: number | undefined;
  readonly destinations: readonly string[];
  /** What the application adds to the request. */
  readonly headers: readonly HeaderField[];
}

/** `id|proxy|transaction|remainInDialog|fullResponse|followRedirects|forking|2s|20s|sip:a|sip:b`. */
export function parseProxy(
  id: string,
  tokens: readonly string[],
  text: Buffer | string,
): ProxyCommand {
  const [, , transactionId = '', remain, full, follow, forking, provisional, final] = tokens;
  return {
    is: 'proxy',
    id,
    transactionId,
    recordRoute: remain === 'remainInDialog',
    fullResponse: full === 'fullResponse',
    followRedirects: follow === 'followRedirects',
    simultaneous: forking === 'simultaneous',
    provisionalMs: durationOf(provisional),
    finalMs: durationOf(final),
    destinations: tokens.slice(9).filter((destination) => destination !== ''),
    headers: parseAppMessage(text)?.headers ?? [],
  };
}

/** `1500ms`, `2s`, or milliseconds without a unit. */
export function durationOf(text = ''): number | undefined {
  const [, number, unit] = /^(\d{1,7})(ms|s)?$/.exec(text) ?? [];
  if (number === undefined) return undefined;
  return Number(number) * (unit === 's' ? 1_000 : 1);
}
