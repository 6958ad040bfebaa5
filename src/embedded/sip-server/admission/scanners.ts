import { firstHeader } from '../message/headers.js';
import { tagOf } from '../message/name-addr.js';
import type { SipRequest } from '../message/sip-message.js';

/** How a tool that looks for SIP servers to abuse gives itself away. */
export interface ScannerSign {
  readonly field: 'User-Agent' | 'From';
  /** Of the field's value, in any case; what honest names have in the middle is no sign. */
  readonly pattern: RegExp;
  /** Who writes it there, or where it was seen. */
  readonly source: string;
}

/**
 * Signs that no phone, PBX or carrier shows. What honest devices say as well, such as `Asterisk PBX`,
 * `sipsak` or the name of a kit that dialers are made with, stays out, however often attackers
 * borrow it.
 */
export const scannerSigns: readonly ScannerSign[] = [
  { field: 'User-Agent', pattern: /^friendly-scanner\b/, source: 'sipvicious, its default' },
  { field: 'User-Agent', pattern: /^friendly-request\b/, source: 'changed copies of sipvicious' },
  { field: 'User-Agent', pattern: /^sipvicious\b/, source: 'sipvicious, other versions' },
  { field: 'From', pattern: /^"sipvicious"/, source: 'svmap, display name' },
  { field: 'From', pattern: /<sip:100@1\.1\.1\.1[>;]/, source: 'svmap, address' },
  { field: 'User-Agent', pattern: /^sunday(ddr|addr)\b/, source: 'changed copies of sipvicious' },
  { field: 'User-Agent', pattern: /^sipcli\//, source: 'sipcli, used for toll fraud' },
  { field: 'User-Agent', pattern: /^pplsip(ts)?\b/, source: 'sippts in Python; botnets' },
  { field: 'User-Agent', pattern: /^sipptk\b/, source: 'sippts in Perl, its default' },
  { field: 'User-Agent', pattern: /^sip-?scan\b/, source: 'sip-scan, sipscan' },
  { field: 'User-Agent', pattern: /^siparmyknife\b/, source: 'siparmyknife, a fuzzer' },
  { field: 'User-Agent', pattern: /^sivus\b/, source: 'SiVuS, a vulnerability scanner' },
  { field: 'User-Agent', pattern: /^iwar\b/, source: 'iWar, a war dialler' },
  { field: 'User-Agent', pattern: /^smap \d/, source: 'smap, a fingerprinter' },
  { field: 'From', pattern: /<sip:nm@nm[>;]/, source: 'Nmap’s service probe' },
];

/** Whether a request shows one of the signs; one within a dialog is of a call that is known. */
export type IsScanner = (request: SipRequest) => boolean;

/**
 * Compiles the signs; `more` are further texts anywhere in User-Agent, as the operator knows them.
 */
export function scannerTest(more: readonly string[], signs = scannerSigns): IsScanner {
  const patterns = (field: ScannerSign['field']): string[] =>
    signs.filter((sign) => sign.field === field).map(({ pattern }) => pattern.source);
  const agents = anyOf([...patterns('User-Agent'), ...more.map(escaped)]);
  const callers = anyOf(patterns('From'));
  return (request) =>
    (agents.test(firstHeader(request, 'User-Agent') ?? '') ||
      callers.test(firstHeader(request, 'From') ?? '')) &&
    tagOf(request, 'To') === undefined;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function anyOf(patterns: readonly string[]): RegExp {
  return patterns.length === 0 ? /(?!)/ : new RegExp(patterns.join('|'), 'i');
}
