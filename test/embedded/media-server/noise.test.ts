import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { once } from 'node:events';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandReader } from '../../../src/embedded/media-server/esl/command-reader.js';
import { readDescription } from '../../../src/embedded/media-server/sdp/session-description.js';
import { startTestMediaServer, type TestMediaServer } from '../../support/embedded-media-server.js';
import { RawUa } from '../sip-server/raw-ua.js';
import { Call, pcmuOffer } from './caller.js';
import { Controller, EventSocketClient } from './event-socket-client.js';

const limits = { lineLength: 1_000, commandBytes: 4_000 };

describe('noise', () => {
  let server: TestMediaServer;

  beforeAll(async () => {
    server = await startTestMediaServer();
  });

  afterAll(() => server.stop());

  const takesCalls = async (): Promise<void> => {
    const ua = await RawUa.open();
    const controller = await Controller.open();
    const call = new Call(ua, server.sipPort);
    await call.invite({ outbound: controller.address, sdp: pcmuOffer() });
    await call.answered();
    await controller.control();
    await call.bye();
    await ua.expect(200);
    controller.close();
    await ua.close();
  };

  it('on the event socket ends nobody else', async () => {
    const words = fc.constantFrom(
      'auth ClueCon\n\n',
      'api ',
      'sendmsg ',
      'event json ',
      '\n\n',
      ': ',
    );
    const piece = fc.oneof(words, fc.string({ maxLength: 40 }));
    const stream = fc.array(fc.oneof(piece, fc.uint8Array({ maxLength: 60 })), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(stream, async (pieces) => {
        const socket = connect(server.port, '127.0.0.1');
        socket.on('error', () => undefined);
        await once(socket, 'connect');
        for (const part of pieces) socket.write(part);
        socket.end();
        await once(socket.resume(), 'close');
      }),
      { numRuns: 60 },
    );
    const client = await EventSocketClient.open(server.port, 'ClueCon');
    expect(await client.api('show channels count')).toBe('\n0 total.\n');
    client.socket.destroy();
  });

  it('on SIP ends no call', async () => {
    const socket = createSocket('udp4');
    const start = fc.constantFrom(
      'INVITE sip:x SIP/2.0\r\n',
      'SIP/2.0 200 OK\r\n',
      'BYE x\r\n',
      '',
    );
    const packets = fc.sample(fc.tuple(start, fc.string({ maxLength: 200 })), 200);
    for (const packet of packets) socket.send(packet.join(''), server.sipPort, '127.0.0.1');
    await takesCalls();
    socket.close();
  });

  it('is cut into the same commands however it arrives', () => {
    const text = fc.array(fc.constantFrom('api x', 'a: b', '', '\r', 'event json ALL'), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 7 }), (lines, step) => {
        const bytes = Buffer.from(`${lines.join('\n')}\n\n`);
        const whole = new CommandReader(limits);
        whole.push(bytes);
        const pieces = new CommandReader(limits);
        const cut: unknown[] = [];
        for (let at = 0; at < bytes.length; at += step) {
          pieces.push(bytes.subarray(at, at + step));
          for (let one = pieces.next(); one; one = pieces.next()) cut.push(one);
        }
        const all: unknown[] = [];
        for (let one = whole.next(); one; one = whole.next()) all.push(one);
        expect(cut).toEqual(all);
      }),
    );
  });

  it('is no session description that could not be read', () => {
    const line = fc.oneof(
      fc.constantFrom('m=audio 4000 RTP/AVP 0', 'a=rtpmap:0 PCMU/8000', 'c=IN IP4 127.0.0.1'),
      fc.string({ maxLength: 60 }),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
        readDescription(['v=0', ...lines].join('\r\n'));
      }),
    );
  });
});
