import { allHeaders, type HasHeaders } from './headers.js';
import { parseParams, stringifyParams, type Params } from './params.js';
import { isToken, parseDecimal, trimBlank } from './text.js';

/**
 * The tokens of a list header such as Supported, Require or Allow, across its lines; empty
 * elements are skipped. Undefined when an element is no token.
 */
export function tokensOf(message: HasHeaders, name: string): string[] | undefined {
  const tokens: string[] = [];
  for (const line of allHeaders(message, name)) {
    for (const part of line.split(',')) {
      const token = trimBlank(part);
      if (token === '') continue;
      if (!isToken(token)) return undefined;
      tokens.push(token);
    }
  }
  return tokens;
}

/** Session-Expires and Min-SE (RFC 4028 §4 and §5): a duration in seconds with parameters. */
export interface SessionExpires {
  readonly seconds: number;
  readonly refresher?: 'uac' | 'uas';
  /** Every other parameter. */
  readonly params: Params;
}

export function parseSessionExpires(value: string): SessionExpires | undefined {
  const semicolon = value.indexOf(';');
  const number = semicolon < 0 ? value : value.slice(0, semicolon);
  const seconds = parseDecimal(trimBlank(number), 2 ** 32 - 1);
  const params = parseParams(semicolon < 0 ? '' : value.slice(semicolon));
  if (seconds === undefined || params === undefined) return undefined;
  if (!params.has('refresher')) return { seconds, params };
  const refresher = params.get('refresher')?.toLowerCase();
  if (refresher !== 'uac' && refresher !== 'uas') return undefined;
  const others = new Map(params);
  others.delete('refresher');
  return { seconds, refresher, params: others };
}

export function stringifySessionExpires(value: SessionExpires): string {
  const refresher = value.refresher === undefined ? '' : `;refresher=${value.refresher}`;
  return `${value.seconds}${refresher}${stringifyParams(value.params)}`;
}

/** The seconds of a Min-SE or Expires field; parameters are for extensions and are ignored. */
export function parseSeconds(value: string): number | undefined {
  return parseSessionExpires(value)?.seconds;
}
