import { describe, expect, it } from 'vitest';
import { VERDICTS, verdict } from '../../../src/domain/calls/verdict.js';
import {
  q850CauseIn,
  reasonHeader,
  verdictOfStatus,
} from '../../../src/domain/identity/reasons.js';

describe('what a final status of the callee means', () => {
  it.each([
    [302, 'callee-moved'],
    [300, 'callee-moved'],
    [380, 'callee-moved'],
    [401, 'trunk-refuses-us'],
    [407, 'trunk-refuses-us'],
    [403, 'trunk-refuses-us'],
    [404, 'callee-not-found'],
    [408, 'callee-unavailable'],
    [410, 'callee-gone'],
    [433, 'callee-rejects-caller-id'],
    [480, 'callee-unavailable'],
    [484, 'callee-number-incomplete'],
    [486, 'callee-busy'],
    [488, 'callee-rejects-media'],
    [503, 'trunk-overloaded'],
    [504, 'trunk-failed'],
    [600, 'callee-busy'],
    [603, 'callee-declined'],
    [607, 'callee-rejects-caller-id'],
    [608, 'callee-rejects-caller-id'],
  ] as const)('%i: %s', (status, reason) => expect(verdictOfStatus(status)).toBe(reason));

  it('is known for every status there can be', () => {
    for (let status = 300; status < 700; status += 1)
      expect(VERDICTS).toHaveProperty(verdictOfStatus(status));
    expect(verdictOfStatus(499)).toBe('trunk-failed');
    expect(verdictOfStatus(699)).toBe('callee-declined');
  });

  it('is refined by a Q.850 cause where the status says little', () => {
    expect(verdictOfStatus(480, 'Q.850;cause=19;text="No answer"')).toBe('no-answer');
    expect(verdictOfStatus(503, 'Q.850;cause=17')).toBe('callee-busy');
    expect(verdictOfStatus(500, 'Q.850;cause=1')).toBe('callee-not-found');
    expect(verdictOfStatus(486, 'Q.850;cause=1')).toBe('callee-busy');
    expect(verdictOfStatus(503, 'Q.850;cause=99')).toBe('trunk-overloaded');
  });
});

describe('the cause in a Reason field', () => {
  it.each([
    ['Q.850;cause=16', 16],
    ['q.850 ; text="x" ; CAUSE = 17', 17],
    ['SIP;cause=200;text="Call completed elsewhere", Q.850;cause=26', 26],
    ['Q.850;text="cause=31, really; cause=1";cause=21;location=RLN', 21],
  ])('of %s is %i', (text, cause) => expect(q850CauseIn(text)).toBe(cause));

  it.each([
    undefined,
    '',
    'SIP;cause=486',
    'Q.850',
    'Q.850;cause=0',
    'Q.850;cause=128',
    'Q.850;cause=4155550100',
    'Q.850;text="Q.850;cause=16"',
    `Q.850;cause=16${' '.repeat(600)}`,
  ])('of %s is none', (text) => expect(q850CauseIn(text)).toBeUndefined());

  it('is read at once from a hostile field', () => {
    const started = performance.now();
    for (const unit of ['"', '\\"', ';', ',', '"\\', 'Q.850;cause='])
      q850CauseIn(unit.repeat(512 / unit.length));
    expect(performance.now() - started).toBeLessThan(50);
  });
});

describe('the Reason field we send', () => {
  it('has a cause and no text', () => {
    expect(reasonHeader(verdict('caller-hung-up'))).toBe('Q.850;cause=16');
    expect(reasonHeader({ q850: 102 })).toBe('Q.850;cause=102');
  });
});
