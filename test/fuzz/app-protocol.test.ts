import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onRealServer, pause } from '../embedded/sip-server/engine.js';
import { RawApp } from '../embedded/sip-server/raw-app.js';
import { seed } from '../support/property-seed.js';
import { Dice } from './dice.js';
import { nextMessage } from './messages.js';
import { mutate } from './mutate.js';
import { ServedEngine } from './served-engine.js';
import { token } from './words.js';

const kinds = [
  'sip',
  'route',
  'remove_route',
  'ping',
  'authenticate',
  'proxy',
  'sip',
  '',
  'tag',
  'xyz',
];

/** A frame as an application sends it, or nearly so. */
function frame(dice: Dice): Buffer {
  const meta = [
    token(dice),
    dice.pick(kinds),
    ...dice.many(0, 3, () =>
      dice.pick(['invite', 'cymru', '', token(dice), '00000000-0000-4000-8000']),
    ),
  ].join('|');
  const payload = dice.once(3)
    ? Buffer.from(meta)
    : Buffer.concat([Buffer.from(`${meta}\r\n`), nextMessage(dice)]);
  const told = dice.once(6)
    ? dice.pick(['', '0', '-1', '1e9', '99999999999', 'abc', ' 5', String(payload.length - 1)])
    : String(payload.length);
  const bytes = Buffer.concat([Buffer.from(`${told}#`), payload]);
  return dice.once(3) ? mutate(dice, bytes, payload) : bytes;
}

describe.skipIf(onRealServer)('an engine under malformed frames of an application', () => {
  let served: ServedEngine;

  beforeAll(async () => {
    served = await ServedEngine.open();
  });
  afterAll(async () => {
    await served.close();
  });

  it('goes on serving the other application, whether the frames come before the secret or after', async () => {
    const dice = new Dice(seed);
    for (let count = 0; count < 100; count += 1) {
      const frames = Buffer.concat(dice.many(1, 20, () => frame(dice)));
      if (dice.once(3)) {
        const stranger = connect(served.engine.adminPort, '127.0.0.1');
        stranger.on('error', () => undefined);
        stranger.resume();
        await once(stranger, 'connect');
        stranger.end(frames);
        continue;
      }
      const app = await RawApp.open(served.engine.adminPort, served.engine.secret);
      app.socket.write(frames);
      // Read, hung up on, or waiting for the rest of a frame that is longer than it is.
      await Promise.race([app.ask('ping').catch(() => undefined), app.gone(), pause(50)]);
      app.close();
      if (count % 50 === 0) await served.goodCall();
    }
    await served.goodCall();
    expect(served.phone.count(481)).toBe(0);
  });
});
