import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { EngineSocket } from '../../src/sip/drachtio.js';
import {
  limitFrames,
  MOST_FRAME_BYTES,
  paceFrames,
  verdictOfLimit,
} from '../../src/sip/frame-limit.js';
import { recordingLog, recordingMetrics } from '../support/recording-telemetry.js';

/** drachtio-srf's wire as far as these guards touch it. */
class Wire extends EventEmitter {
  #sent = 0;

  send(socket: EngineSocket, frame: string): string {
    this.#sent += 1;
    const id = `00000000-0000-0000-0000-${String(this.#sent).padStart(12, '0')}`;
    const payload = `${id}|${frame}`;
    (socket as Socket).write(`${Buffer.byteLength(payload)}#${payload}`);
    return id;
  }
}

class Socket {
  readonly written: string[] = [];

  write(bytes: string): void {
    this.written.push(bytes);
  }
}

/** `sip||CRLF INVITE … CRLF CRLF body`, its length in bytes chosen by what fills it. */
const message = (header: string, body: string): string =>
  `sip||\r\nINVITE sip:a@b SIP/2.0\r\nX-Filler: ${header}\r\n\r\n${body}`;

function limited(): { wire: Wire; socket: Socket; refusals: string[]; metrics: unknown[] } {
  const wire = new Wire();
  const metrics = recordingMetrics();
  const refusals: string[] = [];
  limitFrames(wire, metrics, recordingLog());
  wire.on('msg', (_, frame: string) => refusals.push(frame));
  return { wire, socket: new Socket(), refusals, metrics: metrics.calls };
}

const answered = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('frames for drachtio-server', () => {
  it('are written as they are up to the limit, counted in bytes', () => {
    const { wire, socket } = limited();
    const room = MOST_FRAME_BYTES - Buffer.byteLength(message('', '')) - 37;
    wire.send(socket, message('', 'x'.repeat(room)));
    expect(socket.written).toHaveLength(1);
    expect(Buffer.byteLength(socket.written[0] ?? '')).toBe(MOST_FRAME_BYTES + '11000#'.length);
    wire.send(socket, message('', 'x'.repeat(room + 1)));
    // Half as many characters, but each takes two bytes.
    wire.send(socket, message('', 'ü'.repeat(room / 2 + 1)));
    expect(socket.written).toHaveLength(1);
  });

  it('with a session description beyond it are refused as such, counted, and not written', async () => {
    const { wire, socket, refusals, metrics } = limited();
    const id = wire.send(socket, message('', 'x'.repeat(30_000)));
    await answered();
    expect(socket.written).toEqual([]);
    expect(refusals[0]).toContain(`response|${id}|NOK|`);
    expect(verdictOfLimit(refusals[0] ?? '')).toBe('sdp-too-large');
    expect(metrics).toEqual([['messageTooLarge', 'body']]);
  });

  it('that would be too large even without their body are a message too large', async () => {
    const { wire, socket, refusals, metrics } = limited();
    wire.send(socket, message('x'.repeat(12_000), 'v=0'));
    await answered();
    expect(socket.written).toEqual([]);
    expect(verdictOfLimit(refusals[0] ?? '')).toBe('message-too-large');
    expect(metrics).toEqual([['messageTooLarge', 'header']]);
  });

  it('are not limited where nobody put the guard: what it keeps out is there', () => {
    const socket = new Socket();
    new Wire().send(socket, message('', 'x'.repeat(30_000)));
    expect(Buffer.byteLength(socket.written[0] ?? '')).toBeGreaterThan(MOST_FRAME_BYTES);
  });

  it('wait behind a large one until that is answered, in their order', () => {
    const wire = new Wire();
    const socket = new Socket();
    paceFrames(wire);
    const large = wire.send(socket, message('', 'x'.repeat(6_000)));
    const second = wire.send(socket, message('', 'y'.repeat(6_000)));
    wire.send(socket, 'ping');
    expect(socket.written).toHaveLength(1);
    wire.emit('msg', socket, 'a|response|somebody-else|OK|');
    wire.emit('msg', new Socket(), `a|response|${large}|OK|`);
    expect(socket.written).toHaveLength(1);
    wire.emit('msg', socket, `a|response|${large}|OK|`);
    expect(socket.written).toHaveLength(2);
    wire.emit('msg', socket, `a|response|${second}|OK|`);
    expect(socket.written.map((bytes) => bytes.slice(-4))).toEqual(['xxxx', 'yyyy', 'ping']);
  });

  it('of ordinary size wait for nobody', () => {
    const wire = new Wire();
    const socket = new Socket();
    paceFrames(wire);
    for (let n = 0; n < 5; n += 1) wire.send(socket, message('', 'v=0'));
    expect(socket.written).toHaveLength(5);
  });
});
