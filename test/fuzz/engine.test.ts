import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { onRealServer, pause } from '../embedded/sip-server/engine.js';
import { seed } from '../support/property-seed.js';
import { Dice } from './dice.js';
import { nextMessage } from './messages.js';
import { ServedEngine } from './served-engine.js';

describe.skipIf(onRealServer)('an engine under malformed messages', () => {
  let served: ServedEngine;

  beforeAll(async () => {
    served = await ServedEngine.open();
  });
  afterAll(async () => {
    await served.close();
  });

  it('serves a call before, among and after 3000 datagrams', async () => {
    await served.goodCall();
    const socket = createSocket('udp4');
    const dice = new Dice(seed);
    for (let count = 0; count < 3_000; count += 1) {
      socket.send(nextMessage(dice), served.engine.sipPort, '127.0.0.1');
      // A burst larger than the socket's buffer would be lost, and try nothing.
      if (count % 100 === 99) await pause(2);
      if (count === 1_500) await served.goodCall();
    }
    await served.goodCall();
    socket.close();
  });

  it('serves a call before, among and after 100 streams', async () => {
    const dice = new Dice(seed + 1);
    for (let count = 0; count < 100; count += 1) {
      const stream = connect(served.engine.sipPort, '127.0.0.1');
      stream.on('error', () => undefined);
      stream.resume();
      await once(stream, 'connect');
      const bytes = Buffer.concat(dice.many(1, 10, () => nextMessage(dice)));
      const cut = dice.throw(bytes.length);
      stream.write(bytes.subarray(0, cut));
      if (dice.once(4)) await pause(1);
      stream.end(bytes.subarray(cut));
      if (dice.once(4)) stream.destroy();
      if (count === 50) await served.goodCall();
    }
    await served.goodCall();
  });
});
