import { firstHeader } from '../message/headers.js';
import type { SipRequest } from '../message/sip-message.js';

/** How a tool that looks for SIP servers to abuse gives itself away. */
export interface ScannerSign {
  readonly field: 'User-Agent' | 'From';
  /** Found anywhere in the field's value, in any case. */
  readonly text: string;
  /** Who writes it there, or where it was seen. */
  readonly source: string;
}

/**
 * Signs that no phone, PBX or carrier shows. What honest devices say as well, such as `Asterisk PBX`
 * or `sipsak`, stays out, however often attackers borrow it.
 */
export const scannerSigns: readonly ScannerSign[] = [
  { field: 'User-Agent', text: 'friendly-scanner', source: 'sipvicious, its default' },
  { field: 'User-Agent', text: 'friendly-request', source: 'changed copies of sipvicious' },
  { field: 'User-Agent', text: 'sipvicious', source: 'sipvicious, other versions' },
  { field: 'From', text: '"sipvicious"', source: 'svmap, display name' },
  { field: 'From', text: 'sip:100@1.1.1.1', source: 'svmap, address' },
  { field: 'User-Agent', text: 'sundayddr', source: 'changed copies of sipvicious' },
  { field: 'User-Agent', text: 'sundayaddr', source: 'changed copies of sipvicious' },
  { field: 'User-Agent', text: 'sipcli', source: 'sipcli, used for toll fraud' },
  { field: 'User-Agent', text: 'VaxSIPUserAgent', source: 'diallers made with the VaxVoIP kit' },
  { field: 'User-Agent', text: 'VaxIPUserAgent', source: 'diallers made with the VaxVoIP kit' },
  { field: 'User-Agent', text: 'pplsip', source: 'botnets; Kamailio’s sample configuration' },
  { field: 'User-Agent', text: 'sip-scan', source: 'sip-scan' },
  { field: 'User-Agent', text: 'sipscan', source: 'sipscan' },
  { field: 'User-Agent', text: 'sipptk', source: 'sippts in Perl, its default' },
  { field: 'User-Agent', text: 'pplsipts', source: 'sippts in Python, its default' },
  { field: 'User-Agent', text: 'siparmyknife', source: 'siparmyknife, a fuzzer' },
  { field: 'User-Agent', text: 'sivus', source: 'SiVuS, a vulnerability scanner' },
  { field: 'User-Agent', text: 'iWar', source: 'iWar, a war dialler' },
  { field: 'User-Agent', text: 'smap ', source: 'smap, a fingerprinter' },
  { field: 'User-Agent', text: 'Gulp', source: 'seen by honeypots' },
  { field: 'From', text: 'sip:nm@nm', source: 'Nmap’s service probe' },
];

/** Whether a request shows one of the signs. */
export type IsScanner = (request: SipRequest) => boolean;

/** Compiles the signs; `more` are further texts in User-Agent, as the operator knows them. */
export function scannerTest(more: readonly string[], signs = scannerSigns): IsScanner {
  const texts = (field: ScannerSign['field']): string[] =>
    signs.filter((sign) => sign.field === field).map((sign) => sign.text);
  const agents = anyOf([...texts('User-Agent'), ...more]);
  const callers = anyOf(texts('From'));
  return (request) =>
    agents.test(firstHeader(request, 'User-Agent') ?? '') ||
    callers.test(firstHeader(request, 'From') ?? '');
}

function anyOf(texts: readonly string[]): RegExp {
  const escaped = texts.map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return texts.length === 0 ? /(?!)/ : new RegExp(escaped.join('|'), 'i');
}
