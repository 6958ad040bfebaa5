import { describe, expect, it } from 'vitest';
import { watchEngine, type EngineFault, type EngineReport } from '../../src/boot/watch-engine.js';
import { seconds } from '../../src/domain/time.js';
import { PrometheusMetrics } from '../../src/telemetry/metrics.js';
import { FakeClock } from '../support/fake-clock.js';
import { recordingLog } from '../support/recording-telemetry.js';

const calm: EngineReport = {
  dropped: { stranger: 0, rate: 0, scanner: 0, noise: 0 },
  refused: { overload: 0, full: 0 },
  blocked: [],
  faults: [],
  overloaded: false,
  delayMs: 1,
  queued: 0,
  unanswered: 0,
  transactions: 0,
  dialogs: 0,
  connections: 0,
};

function watching() {
  const clock = new FakeClock();
  const log = recordingLog();
  const metrics = new PrometheusMetrics({ version: '0.1.0', node: 'n1' });
  const tell = watchEngine({ log, metrics, clock });
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

  it('names trouble with a peer by its reason, and a bug by its kind and place alone', () => {
    const { lines, tell } = watching();
    const faults: EngineFault[] = [
      { kind: 'trouble', type: 'Error', text: 'no TLS with 192.0.2.1', at: 'here', times: 1 },
      { kind: 'bug', type: 'TypeError', text: 'to sip:alice@pbx', at: 'at there', times: 7 },
    ];
    tell({ ...calm, faults });
    expect(lines).toEqual([
      {
        level: 'warn',
        message: 'The SIP engine has trouble',
        fields: { reason: 'no TLS with 192.0.2.1', times: 1 },
      },
      {
        level: 'error',
        message: 'The SIP engine stumbled',
        fields: { type: 'TypeError', at: 'at there', times: 7 },
      },
    ]);
    expect(JSON.stringify(lines)).not.toContain('alice');
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

  describe('of sources that are kept out', () => {
    const from = (last: number, count = 1) => ({
      ...{ address: `192.0.2.${last}`, reason: 'stranger', count },
    });
    /** A report of these, and of all messages that were dropped since the start. */
    const report = (stranger: number, blocked: EngineReport['blocked']): EngineReport => ({
      ...calm,
      dropped: { ...calm.dropped, stranger },
      blocked,
    });
    const keptOut = (last: number, messages: number) => ({
      level: 'warn',
      message: 'A source is kept out',
      fields: { source: `192.0.2.${last}`, reason: 'stranger', messages },
    });

    it('names the first at once, and those of the next minute when it is over, though the engine tells no more', () => {
      const { clock, lines, tell } = watching();
      tell(report(1, [from(1)]));
      tell(report(21, [from(2, 20)]));
      tell(report(321, [from(2, 300)]));
      clock.advance(seconds(59));
      expect(lines).toEqual([keptOut(1, 1)]);
      clock.advance(seconds(1));
      expect(lines).toEqual([keptOut(1, 1), keptOut(2, 320)]);
    });

    it('says nothing more, and sets no timer, once it is quiet', () => {
      const { clock, lines, tell } = watching();
      tell(calm);
      expect(clock.pending).toBe(0);
      tell(report(1, [from(1)]));
      clock.advance(seconds(600));
      expect(lines).toHaveLength(1);
      expect(clock.pending).toBe(0);
    });

    it('names sixteen of a crowd a minute and counts the messages of the others', () => {
      const { clock, lines, tell } = watching();
      tell(report(1, [from(1)]));
      const crowd = Array.from({ length: 20 }, (_, i) => from(10 + i));
      // Seven more messages came from sources that the engine itself had no room to name.
      tell(report(28, crowd));
      clock.advance(seconds(60));
      expect(lines.slice(1, 17)).toEqual(crowd.slice(0, 16).map((_, i) => keptOut(10 + i, 1)));
      expect(lines.slice(17)).toEqual([
        { level: 'warn', message: 'More sources are kept out', fields: { messages: 11 } },
      ]);
    });
  });
});
