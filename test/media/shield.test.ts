import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { EslConnection } from '../../src/media/fsmrf.js';
import { shield } from '../../src/media/shield.js';

describe('a shielded connection', () => {
  it('sends the lines of one command as one, without waiting for what came before', () => {
    const written: number[] = [];
    let delayed = true;
    const socket = new Writable({
      write: (_chunk, _encoding, done) => {
        written.push(1);
        done();
      },
      writev: (chunks, done) => {
        written.push(chunks.length);
        done();
      },
    });
    Object.assign(socket, { setNoDelay: () => (delayed = false) });
    const connection = {
      socket,
      send: (command: string) => {
        for (const line of [command, 'execute-app-name: hangup', '']) socket.write(`${line}\n`);
      },
    } as unknown as EslConnection;
    shield(connection, () => undefined);
    connection.send('sendmsg 1');
    expect(written).toEqual([3]);
    expect(delayed).toBe(false);
  });

  it('catches what is thrown at what comes, and ends that connection', () => {
    const socket = Object.assign(new PassThrough(), { setNoDelay: () => undefined });
    const failed: unknown[] = [];
    shield({ socket, send: () => undefined } as unknown as EslConnection, (error) =>
      failed.push(error),
    );
    socket.on('data', () => {
      throw new URIError('malformed');
    });
    socket.emit('data', Buffer.from('100%'));
    expect(failed).toEqual([new URIError('malformed')]);
    expect(socket.destroyed).toBe(true);
  });
});
