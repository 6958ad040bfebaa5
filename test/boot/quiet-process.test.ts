import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { quietProcess } from '../../src/boot/quiet-process.js';
import { recordingLog } from '../support/recording-telemetry.js';

const message =
  'INVITE sip:+14155550142@192.0.2.1 SIP/2.0\r\nFrom: "Carla" <sip:c@carrier.example>';
const SECRET = /5550142|Carla|carrier\.example/;

function quiet() {
  const log = recordingLog();
  const to = {
    debug: vi.fn(),
    error: vi.fn(),
    info: vi.fn(),
    log: vi.fn(),
    trace: vi.fn(),
    warn: vi.fn(),
  };
  const said = Object.values(to);
  const node = new EventEmitter();
  quietProcess(log, to, node);
  return { log, to: to as unknown as Pick<Console, keyof typeof to>, said, node };
}

describe('a process with libraries that print', () => {
  it('keeps from what they print the kind of error and the place, never the text', () => {
    const { log, to, said } = quiet();
    to.error(new TypeError(`cannot read ${message}`), `unable to parse ${message}`);
    to.log(message);
    expect(said.every((one) => one.mock.calls.length === 0)).toBe(true);
    expect(log.lines).toMatchObject([
      { level: 'warn', fields: { way: 'error', type: 'TypeError' } },
      { level: 'warn', fields: { way: 'log', type: 'Error' } },
    ]);
    expect(log.lines[0]?.fields.at).toContain('quiet-process.test.ts');
    expect(JSON.stringify(log.lines)).not.toMatch(SECRET);
  });

  it('ends on an error that nobody caught, without its text', () => {
    const { log, node } = quiet();
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
    node.emit('uncaughtException', new RangeError(`missing length specifier: ${message}`));
    expect(exit).toHaveBeenCalledWith(1);
    expect(log.lines).toMatchObject([{ level: 'error', fields: { type: 'RangeError' } }]);
    expect(JSON.stringify(log.lines)).not.toMatch(SECRET);
    exit.mockRestore();
  });
});
