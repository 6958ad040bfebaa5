import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it } from 'vitest';
import { seconds } from '../../src/domain/time.js';
import type { EngineSocket } from '../../src/sip/drachtio.js';
import { watchHealth } from '../../src/sip/link-health.js';
import { FakeClock } from '../support/fake-clock.js';

/** drachtio-srf's wire as far as the watch touches it. */
class Wire extends EventEmitter {
  closing = false;
  #sent = 0;

  send(...[]: [EngineSocket, string]): string {
    this.#sent += 1;
    return `id-${this.#sent}`;
  }
}

describe('the health of the link to the engine', () => {
  const socket: EngineSocket = {};
  let wire: Wire;
  let clock: FakeClock;
  let given: EngineSocket[];

  beforeEach(() => {
    wire = new Wire();
    clock = new FakeClock();
    given = [];
    watchHealth(wire, clock, (lost) => given.push(lost));
  });

  const pass = (n: number): void => {
    for (let second = 0; second < n; second += 1) clock.advance(seconds(1));
  };
  const hear = (frame: string): void => void wire.emit('msg', socket, frame);

  it('is good while nothing is due', () => {
    pass(60);
    expect(given).toEqual([]);
  });

  it('is good while what is asked is answered', () => {
    for (let n = 0; n < 30; n += 1) {
      const ping = wire.send(socket, 'ping');
      const command = wire.send(socket, 'sip||\r\nINVITE');
      pass(2);
      hear(`a|response|${ping}|OK|pong`);
      hear(`a|response|${command}|OK|application|`);
    }
    expect(given).toEqual([]);
  });

  it('is lost when nothing at all comes back', () => {
    wire.send(socket, 'authenticate|cymru|');
    pass(10);
    expect(given).toEqual([]);
    pass(1);
    expect(given).toEqual([socket]);
    pass(30);
    expect(given).toHaveLength(1);
  });

  it('is lost when calls still arrive but pings are not answered: it has lost its place in our frames', () => {
    wire.send(socket, 'ping');
    for (let n = 0; n < 11; n += 1) {
      hear('a|sip|network|100|udp|192.0.2.1|5060|10:00:00.000000|txn||\r\nINVITE');
      pass(1);
    }
    expect(given).toEqual([socket]);
  });

  it('is lost when pings are answered but commands are not', () => {
    for (let n = 0; n < 12; n += 1) {
      wire.send(socket, 'sip||\r\nINVITE');
      hear(`a|response|${wire.send(socket, 'ping')}|OK|pong`);
      pass(1);
    }
    expect(given).toEqual([socket]);
  });

  it('survives a single command that nobody answers', () => {
    wire.send(socket, 'sip|txn|\r\nSIP/2.0 200 OK');
    for (let n = 0; n < 30; n += 1) {
      hear(`a|response|${wire.send(socket, 'ping')}|OK|pong`);
      pass(1);
    }
    expect(given).toEqual([]);
  });

  it('starts anew with a new connection, and ends with the last', () => {
    wire.send(socket, 'ping');
    pass(8);
    wire.emit('close', socket);
    const next: EngineSocket = {};
    wire.send(next, 'authenticate|cymru|');
    pass(8);
    expect(given).toEqual([]);
    pass(3);
    expect(given).toEqual([next]);
    wire.closing = true;
    pass(1);
    expect(clock.pending).toBe(0);
  });
});
