import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  CallRefused,
  onTrunk,
  verdict,
  VERDICTS,
  type VerdictReason,
} from '../../../src/domain/calls/verdict.js';

const reasons = Object.keys(VERDICTS) as VerdictReason[];
const rows = reasons.map(verdict);
const ANSWERED = rows.filter(({ result }) => result === 'success').map(({ reason }) => reason);

describe('the catalogue of endings', () => {
  it('has a SIP answer for every ending: a refusal, but for calls that went well', () => {
    for (const { reason, sip } of rows) {
      const [least, most] = ANSWERED.includes(reason) ? [200, 200] : [400, 699];
      expect({ reason, fits: sip >= least && sip <= most }).toEqual({ reason, fits: true });
    }
  });

  it('has a Q.850 cause of seven bits for every ending', () => {
    for (const { q850 } of rows)
      expect(Number.isInteger(q850) && q850 > 0 && q850 < 128).toBe(true);
  });

  it('has words of its own for each SIP status, and the same for the same but one', () => {
    const byStatus = new Map<number, Set<string>>();
    for (const { sip, phrase } of rows) {
      byStatus.set(sip, (byStatus.get(sip) ?? new Set()).add(phrase));
    }
    const several = [...byStatus].filter(([, phrases]) => phrases.size > 1);
    // The caller of an emergency number must be told what to do instead.
    expect(several.map(([status]) => status)).toEqual([403]);
    for (const { phrase } of rows) expect(phrase).toMatch(/^[A-Z][A-Za-z /:-]*$/);
  });

  it('is kebab-case, so that a reason can be a label, a word in a log and a value in the API', () => {
    for (const reason of reasons) expect(reason).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it('says success for nothing but a call that someone hung up, and an IVR that led on', () => {
    expect(ANSWERED).toEqual(['caller-hung-up', 'callee-hung-up', 'ended-by-api', 'ivr-led-on']);
  });

  it('asks for patience only where it helps, and only with a status that may ask', () => {
    for (const { retryAfter, sip } of rows) {
      if (retryAfter !== undefined)
        expect({ sip, retryAfter: retryAfter > 0 }).toEqual({ sip: 503, retryAfter: true });
    }
  });

  it('tries another target only where the trunk, not the callee or we, is at fault', () => {
    const tried = rows.filter(({ tryNext }) => tryNext);
    expect(tried.length).toBeGreaterThan(0);
    for (const { result } of tried) expect(result).toBe('carrier_error');
  });

  it('shouts about every masking error and about no caller', () => {
    for (const { result, log } of rows) {
      if (result === 'masking_error') expect(log).toBe('error');
      if (result === 'caller_error' || result === 'callee_error') expect(log).not.toBe('error');
    }
  });

  it('tells a stranger the same of an unknown number and of an unknown caller', () => {
    const heard = { reason: 'told to nobody' };
    expect({ ...verdict('unknown-caller'), ...heard }).toEqual({
      ...verdict('unknown-number'),
      ...heard,
    });
  });

  it('rides on the error that ends a call', () => {
    const refused = new CallRefused('no-route', 'trunk x is not configured');
    expect(refused).toMatchObject({ name: 'CallRefused', verdict: verdict('no-route') });
    expect(refused.message).toBe('trunk x is not configured');
  });

  it('has no row that nothing can produce', () => {
    const catalogue = join('src', 'domain', 'calls', 'verdict.ts');
    const text = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .map((path) => join('src', path))
      .filter((path) => path.endsWith('.ts') && path !== catalogue)
      .map((path) => readFileSync(path, 'utf8'))
      .join('\n');
    expect(reasons.filter((reason) => !text.includes(`'${reason}'`))).toEqual([]);
  });
});

describe('a fault of a trunk', () => {
  const carrier = { name: 'telco', role: 'carrier' } as const;
  const pbx = { name: 'office', role: 'pbx' } as const;

  it('is the carrier’s or the PBX’s, whichever it was, by name', () => {
    expect(onTrunk(verdict('trunk-silent'), carrier)).toEqual({
      ...verdict('trunk-silent'),
      trunk: 'telco',
    });
    expect(onTrunk(verdict('trunk-silent'), pbx)).toEqual({
      ...verdict('trunk-silent'),
      result: 'pbx_error',
      trunk: 'office',
    });
  });

  it('stays with the trunk that was named first', () => {
    const first = onTrunk(verdict('session-timer-expired'), carrier);
    expect(onTrunk(first, pbx)).toBe(first);
  });

  it('is nobody else’s, whatever the trunk', () => {
    for (const v of rows.filter(({ result }) => result !== 'carrier_error')) {
      expect(onTrunk(v, pbx)).toBe(v);
    }
    expect(onTrunk(verdict('trunk-silent'), undefined)).toEqual(verdict('trunk-silent'));
  });
});

describe('docs/verdicts.md', () => {
  const lines = readFileSync('docs/verdicts.md', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()));

  it('is the catalogue: reason, result, SIP status and Q.850 cause, in the same order', () => {
    const told = lines.map(([, reason, result, sip, q850]) => [reason, result, sip, q850]);
    const known = rows.map(({ reason, result, sip, q850 }) => [
      `\`${reason}\``,
      `\`${result}\``,
      String(sip),
      String(q850),
    ]);
    expect(told).toEqual(known);
  });

  it('says in one sentence what each of them means', () => {
    for (const [, reason, , , , meaning] of lines) {
      expect([reason, /^\p{Lu}.{15,160}\.$/u.test(meaning ?? '')]).toEqual([reason, true]);
    }
  });
});
