import { isToken, parseDecimal, trimBlank } from './text.js';
import { keepingLast } from './last-read.js';
import { firstHeader, type HasHeaders } from './headers.js';

/** RFC 3261 §8.1.1.5: the sequence number must be less than 2**31. */
const maxSequence = 2 ** 31 - 1;

export interface CSeq {
  readonly sequence: number;
  readonly method: string;
}

/** RFC 3262 §7.2: which provisional response, of which request, is acknowledged. */
export interface RAck extends CSeq {
  readonly rseq: number;
}

export function parseCSeq(value: string): CSeq | undefined {
  const blank = value.search(/[ \t]/);
  if (blank < 0) return undefined;
  const sequence = parseDecimal(value.slice(0, blank), maxSequence);
  const method = trimBlank(value.slice(blank));
  return sequence !== undefined && isToken(method) ? { sequence, method } : undefined;
}

export function stringifyCSeq(cseq: CSeq): string {
  return `${cseq.sequence} ${cseq.method}`;
}

const readCSeq = keepingLast(parseCSeq);

export function cseqOf(message: HasHeaders): CSeq | undefined {
  const value = firstHeader(message, 'CSeq');
  return value === undefined ? undefined : readCSeq(value);
}

/** What follows the method is ignored: some callers write it twice, and the rest tells enough. */
export function parseRAck(value: string): RAck | undefined {
  const [rseqText = '', sequenceText = '', method = ''] = value.split(/[ \t]+/);
  const rseq = parseRSeq(rseqText);
  const sequence = parseDecimal(sequenceText, maxSequence);
  if (rseq === undefined || sequence === undefined || !isToken(method)) return undefined;
  return { rseq, sequence, method };
}

export function stringifyRAck(rack: RAck): string {
  return `${rack.rseq} ${stringifyCSeq(rack)}`;
}

/** RFC 3262 §7.1: 1 to 2**32 - 1. */
export function parseRSeq(value: string): number | undefined {
  const rseq = parseDecimal(value, 2 ** 32 - 1);
  return rseq === 0 ? undefined : rseq;
}
