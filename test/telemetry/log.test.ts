import { describe, expect, it } from 'vitest';
import type { CallId } from '../../src/domain/records/leg-record.js';
import { instant, millis, type Clock } from '../../src/domain/time.js';
import type { Log } from '../../src/flows/ports/telemetry.js';
import { createLog, type LogOptions } from '../../src/telemetry/log.js';

const clock: Clock = {
  now: () => instant(Date.UTC(2026, 10, 22, 3, 0, 0, 5)),
  after: () => ({ cancel: () => undefined }),
};

function written(say: (log: Log) => void, more: Partial<LogOptions> = {}) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  say(createLog({ level: 'info', clock, node: 'n1', destination, ...more }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const ULID = '01JD0123456789ABCDEFGHJKMN';

describe('a log line', () => {
  it('is JSON with the level as a word, the time of the clock, the sentence and its fields', () => {
    const [line] = written((log) =>
      log
        .child({ component: 'http', callId: `call_${ULID}` as CallId })
        .info('Call arrived.', { trunk: 'carrier', took: millis(12) }),
    );
    expect(line).toEqual({
      level: 'info',
      time: '2026-11-22T03:00:00.005Z',
      node: 'n1',
      component: 'http',
      callId: `call_${ULID}`,
      trunk: 'carrier',
      took: 12,
      msg: 'Call arrived.',
    });
  });

  it('is not written below the level', () => {
    expect(written((log) => log.debug('Noise.'))).toEqual([]);
    expect(written((log) => log.debug('Noise.'), { level: 'debug' })).toHaveLength(1);
  });

  it('leaves out what is undefined', () => {
    const [line] = written((log) => log.warn('Odd.', { trunk: undefined }));
    expect(line).not.toHaveProperty('trunk');
  });
});

describe('the last line of defence', () => {
  const field = (key: string, value: string | number | Error, more?: Partial<LogOptions>) =>
    JSON.stringify(written((log) => log.error('Failed.', { [key]: value }), more)[0]?.[key]);

  it.each([
    ['+14155550123'],
    ['14155550123'],
    ['(415) 555-0123'],
    ['+1 415.555.0123'],
    ['+49 / 30 / 1234567'],
    ['tel:+1-415-555-0123'],
    ['sip:14155550123@203.0.113.5'],
    ['"Jane" <sip:+14155550123@pbx.example;user=phone>'],
    ['x5550123x'],
  ])('masks the number in %j', (value) => {
    const shown = field('note', value).replace('203.0.113.5', '').replace(/\D/g, '');
    expect(shown.length).toBeLessThan(7);
    expect(field('note', value)).toContain('[masked]');
  });

  it('is what hides the number: without it the line shows it', () => {
    expect(field('note', '+14155550123', { mask: (fields) => ({ ...fields }) })).toContain(
      '+14155550123',
    );
  });

  it('masks a number that is a JavaScript number, and keeps counts and durations', () => {
    expect(field('caller', 14155550123)).toBe('"[masked]"');
    expect(field('durationMs', 86_400_000)).toBe('86400000');
  });

  it('masks the message, code and stack of an error and drops its cause', () => {
    const error = new Error('no route to +14155550123', { cause: { number: '+14155550199' } });
    const shown = field('err', error);
    expect(shown).toContain('no route to [masked]');
    expect(shown).not.toMatch(/4155550/);
    expect(JSON.parse(shown)).toMatchObject({ type: 'Error', stack: expect.any(String) as string });
  });

  it('masks bindings of a child and the sentence itself', () => {
    const [line] = written((log) =>
      log.child({ callId: '+14155550123' as CallId }).info('Calling +14155550123 now.'),
    );
    expect(line).toMatchObject({ callId: '[masked]', msg: 'Calling [masked] now.' });
  });

  it.each([
    ['sessionId', `sess_${ULID}`],
    ['partyRef', `pty_00000000000000000000000000`],
    ['source', '198.51.100.127:5060'],
    ['at', '2026-11-22T03:00:00.005Z'],
    ['did', '+14155550100'],
    ['proxy_number', '+14155550100'],
    ['trunk', 'carrier-20261122'],
    ['sipCallId', 'f81d4fae7dec11d0a76500a0c91e6bf6@n1'],
    ['mask', '+1•••••••234'],
  ])('leaves %s %s as it is', (key, value) => {
    expect(field(key, value)).toBe(JSON.stringify(value));
  });

  it('does not let a DID key carry anything but a DID', () => {
    expect(field('did', 'from +14155550123')).toContain('[masked]');
  });

  it('masks a Call-ID that a device made from its number', () => {
    expect(field('sipCallId', '14155550123@10.0.0.1')).toBe('"[masked]@10.0.0.1"');
  });
});
