import { EventEmitter, once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import type { EngineWire } from '../../src/sip/drachtio.js';
import { linkThreads } from '../../src/sip/thread-link.js';

/** drachtio-srf's end of a connection without a socket: what is sent is written down. */
class Wire extends EventEmitter implements EngineWire {
  readonly bySocket: string[] = [];
  readonly ended: object[] = [];

  send(_: object, frame: string): string {
    this.bySocket.push(frame);
    return `id-${this.bySocket.length}`;
  }

  disconnect(socket: object): void {
    this.ended.push(socket);
  }
}

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function link() {
  const { port1, port2 } = new MessageChannel();
  closers.push(() => port1.close());
  const taken = new Int32Array(new SharedArrayBuffer(4));
  const wire = new Wire();
  const heard: string[] = [];
  linkThreads(wire, () => ({ token: 'token', port: port1, taken }));
  const socket = {};
  wire.emit('connect', socket);
  wire.on('msg', (_: object, frame: string) => heard.push(frame));
  return { wire, socket, engine: port2, taken, heard };
}

const nextTurns = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('the link between threads', () => {
  it('asks for its port by the connection and speaks by the port from then on', async () => {
    const { wire, socket, engine } = link();
    const ids = [wire.send(socket, 'route|invite'), wire.send(socket, 'ping')];
    expect(wire.bySocket).toEqual(['port|token']);
    const [frames] = (await once(engine, 'message')) as [string[]];
    expect(frames).toEqual([`${ids[0]}|route|invite`, `${ids[1]}|ping`]);
    expect(new Set(ids).size).toBe(2);
  });

  it('hears the port only after the last word by the socket', async () => {
    const { wire, socket, engine, heard, taken } = link();
    engine.postMessage(['x|response|m1|OK']);
    await nextTurns();
    expect(heard).toEqual([]);
    wire.emit('msg', socket, 'x|response|other|OK');
    wire.emit('msg', socket, 'x|response|id-1|OK');
    await nextTurns();
    expect(heard.at(-1)).toBe('x|response|m1|OK');
    expect(taken[0]).toBe('x|response|m1|OK'.length);
  });

  it('goes on with the next frame where one makes the application throw', async () => {
    const { wire, socket, engine, heard } = link();
    wire.emit('msg', socket, 'x|response|id-1|OK');
    heard.length = 0;
    wire.prependListener('msg', (_: object, frame: string) => {
      if (frame === 'bad') throw new Error('expected by the test');
    });
    const thrown = catchNext();
    engine.postMessage(['one', 'bad', 'two']);
    expect((await thrown).message).toBe('expected by the test');
    await nextTurns();
    expect(heard).toEqual(['one', 'two']);
  });

  it('says all it has to say before it hangs up', async () => {
    const { wire, socket, engine } = link();
    wire.send(socket, 'last word');
    wire.disconnect(socket);
    expect(wire.ended).toEqual([socket]);
    const [frames] = (await once(engine, 'message')) as [string[]];
    expect(frames[0]).toMatch(/\|last word$/);
  });

  it('ends with its connection', async () => {
    const { wire, socket, engine } = link();
    wire.emit('close', socket);
    await once(engine, 'close');
    wire.send(socket, 'ping');
    expect(wire.bySocket).toEqual(['port|token', 'ping']);
  });

  it('that closes before its port was answered leaves nothing behind', () => {
    const { wire, socket } = link();
    const listeners = wire.listenerCount('msg');
    wire.emit('close', socket);
    expect(wire.listenerCount('msg')).toBe(listeners - 1);
  });
});

/** The next error that nobody catches, instead of the test runner's own listeners. */
function catchNext(): Promise<Error> {
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  return new Promise((resolve) => {
    process.once('uncaughtException', (error) => {
      for (const other of others) process.on('uncaughtException', other);
      resolve(error);
    });
  });
}
