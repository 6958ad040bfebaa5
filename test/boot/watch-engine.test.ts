import { describe, expect, it } from 'vitest';
import { watchEngine, type EngineReport } from '../../src/boot/watch-engine.js';
import { PrometheusMetrics } from '../../src/telemetry/metrics.js';
import { recordingLog } from '../support/recording-telemetry.js';

const calm: EngineReport = {
  dropped: { stranger: 0, rate: 0, scanner: 0, noise: 0 },
  refused: { overload: 0, full: 0 },
  blocked: [],
  overloaded: false,
  delayMs: 1,
  queued: 0,
  unanswered: 0,
  transactions: 0,
  dialogs: 0,
  connections: 0,
};

function watching() {
  const clock = { ms: 0 };
  const log = recordingLog();
  const metrics = new PrometheusMetrics({ version: '0.1.0', node: 'n1' });
  const tell = watchEngine({ log, metrics }, () => clock.ms);
  return { clock, lines: log.lines, metrics, tell };
}

describe('what the engine tells about itself', () => {
  it('is one line when overload begins and one when it is over, however often it tells', () => {
    const { lines, tell } = watching();
    const overloaded = { ...calm, overloaded: true, delayMs: 240.4 };
    tell(calm);
    tell({ ...overloaded, refused: { overload: 3, full: 0 } });
    tell({ ...overloaded, refused: { overload: 70, full: 0 } });
    tell({ ...calm, refused: { overload: 71, full: 0 } });
    tell(calm);
    expect(lines).toEqual([
      {
        level: 'warn',
        message: 'Overload: new calls are held back',
        fields: { delay_ms: 240, refused: 3 },
      },
      { level: 'info', message: 'Overload is over', fields: { delay_ms: 1, refused: 71 } },
    ]);
  });

  it('shows overload in the metrics while it lasts', async () => {
    const { metrics, tell } = watching();
    tell({ ...calm, overloaded: true, delayMs: 250, queued: 7 });
    const during = await metrics.render();
    expect(during).toContain('callveil_sip_engine_overloaded 1');
    expect(during).toContain('callveil_sip_engine_delay_seconds 0.25');
    expect(during).toContain('callveil_sip_engine_load{what="queued_frames"} 7');
    tell(calm);
    expect(await metrics.render()).toContain('callveil_sip_engine_overloaded 0');
  });

  it('names a source that is kept out once a minute, with all that it sent since', () => {
    const { clock, lines, tell } = watching();
    const from = (count: number) => [{ address: '192.0.2.9', reason: 'scanner', count }];
    for (const [ms, count] of [
      [0, 5],
      [1_000, 20],
      [59_000, 300],
      [60_000, 1],
    ] as const) {
      clock.ms = ms;
      tell({ ...calm, blocked: from(count) });
    }
    const said = (messages: number) => ({
      level: 'warn',
      message: 'A source is kept out',
      fields: { source: '192.0.2.9', reason: 'scanner', messages },
    });
    expect(lines).toEqual([said(5), said(321)]);
  });

  it('says of a crowd of sources no more than sixteen lines a minute', () => {
    const { lines, tell } = watching();
    const crowd = (net: number) =>
      Array.from({ length: 16 }, (_, i) => ({
        ...{ address: `192.0.${net}.${i}`, reason: 'stranger', count: 1 },
      }));
    tell(calm);
    for (let net = 0; net < 50; net += 1) tell({ ...calm, blocked: crowd(net) });
    expect(lines).toHaveLength(16);
  });
});
