import { once } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startSipServer } from '../../../../src/embedded/sip-server/server.js';
import { RawApp } from '../raw-app.js';
import { RawCall, RawUa } from '../raw-ua.js';

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

type Server = Awaited<ReturnType<typeof startSipServer>>;

async function start(limits = {}) {
  const server = await startSipServer({
    listeners: [{ protocol: 'udp', address: '127.0.0.1', port: 0 }],
    secret: 'cymru',
    adminHost: '127.0.0.1',
    adminPort: 0,
    limits,
  });
  opened.push(() => server.close());
  return { server, ...(await join(server)) };
}

/** One more application, which has not asked for its port yet. */
async function join(server: Server, token = 'my-port') {
  const app = await RawApp.open(server.adminPort, 'cymru');
  const { port1: mine, port2: port } = new MessageChannel();
  opened.push(() => mine.close());
  const taken = new Int32Array(new SharedArrayBuffer(4));
  return { app, mine, offered: { token, port, taken } };
}

async function invite({ contacts }: Server): Promise<void> {
  const phone = await RawUa.open();
  opened.push(() => phone.close());
  await RawCall.to(phone, Number(contacts[0]?.split(':').pop())).request('INVITE');
}

/** All frames by a port until one says what is looked for. */
async function heard(port: MessagePort, last: string): Promise<string[]> {
  const frames: string[] = [];
  while (!frames.some((frame) => frame.includes(last))) {
    const [batch] = (await once(port, 'message')) as [string[]];
    frames.push(...batch);
  }
  return frames;
}

const message = (to: string) =>
  `|sip||\r\nMESSAGE ${to} SIP/2.0\r\ncontent-type: text/plain\r\n\r\ngrüß 🐈`;

describe('a port between threads', () => {
  it('takes the place of the socket, both ways', async () => {
    const { server, app, mine, offered } = await start();
    server.offer(offered);
    expect((await app.ask('port|my-port')).tokens[3]).toBe('OK');
    const bySocket = app.frames.length;
    mine.postMessage(['1|ping', '2|route|invite', '3|ping']);
    const frames = await heard(mine, '|response|3|');
    expect(frames.map((frame) => frame.split('|').slice(1).join('|'))).toEqual([
      'response|1|OK|pong',
      'response|2|OK',
      'response|3|OK|pong',
    ]);
    expect(app.frames).toHaveLength(bySocket);
  });

  it('is found whether it or its token comes first, and nothing said meanwhile is lost', async () => {
    const { server, app, mine, offered } = await start();
    const asked = app.send('port|my-port');
    mine.postMessage(['1|ping']);
    await app.ask('ping');
    server.offer(offered);
    await app.expect(({ tokens }) => tokens[2] === asked && tokens[3] === 'OK');
    expect(await heard(mine, '|response|1|')).toHaveLength(1);
  });

  it('carries messages in all their letters', async () => {
    const { server, app, mine, offered } = await start();
    const phone = await RawUa.open();
    opened.push(() => phone.close());
    server.offer(offered);
    await app.ask('port|my-port');
    mine.postMessage([`1${message(`sip:x@127.0.0.1:${phone.port}`)}`]);
    const arrived = await phone.expect('MESSAGE');
    expect(arrived.body).toContain('grüß 🐈');
    const [echo] = await heard(mine, '|response|1|');
    expect(echo).toContain('\r\n\r\ngrüß 🐈');
  });

  it('still carries what was said before the application hung up', async () => {
    const { server, app, mine, offered } = await start();
    const phone = await RawUa.open();
    opened.push(() => phone.close());
    server.offer(offered);
    await app.ask('port|my-port');
    mine.postMessage([`1${message(`sip:x@127.0.0.1:${phone.port}`)}`]);
    app.close();
    await phone.expect('MESSAGE');
  });

  it('is for those only who have shown the secret', async () => {
    const { server, mine, offered } = await start();
    server.offer(offered);
    const stranger = await RawApp.open(server.adminPort);
    expect((await stranger.ask('port|my-port')).tokens[3]).toBe('NO');
    await stranger.gone();
    mine.postMessage(['1|ping']);
    const outcome = Promise.race([
      once(mine, 'message').then(() => 'heard'),
      new Promise((resolve) => setTimeout(resolve, 100, 'silence')),
    ]);
    expect(await outcome).toBe('silence');
  });

  it('ends for an application that leaves too much unread', async () => {
    const { server, app, mine, offered } = await start({ unreadBytes: 2_000 });
    server.offer(offered);
    await app.ask('port|my-port');
    const pings = Array.from({ length: 20 }, (_, i) => `${i}|ping`);
    mine.postMessage(pings);
    for (const frame of await heard(mine, '|response|19|')) {
      Atomics.add(offered.taken, 0, frame.length);
    }
    mine.postMessage(pings);
    await heard(mine, '|response|19|');
    expect(app.closed).toBe(false);
    mine.postMessage(pings);
    await app.gone();
  });

  it.each(['catches up', 'hangs up'])('holds calls back until an application %s', async (end) => {
    const { server, ...first } = await start();
    const second = await join(server, 'other-port');
    for (const { app, offered } of [first, second]) {
      server.offer(offered);
      await app.ask(`port|${offered.token}`);
    }
    const take = ({ offered }: typeof first, frames: string[]) =>
      frames.forEach((frame) => Atomics.add(offered.taken, 0, frame.length));
    first.mine.on('message', (frames: string[]) => take(first, frames));
    first.mine.postMessage(['1|route|invite']);
    second.mine.postMessage(['1|ping', '2|ping']);
    const left = await heard(second.mine, '|response|2|');
    await vi.waitUntil(() => server.vitals().queued === 2, 5_000);
    await invite(server);
    await vi.waitUntil(() => server.vitals().overloaded, 5_000);
    if (end === 'catches up') take(second, left);
    else second.app.close();
    await vi.waitUntil(() => !server.vitals().overloaded, 5_000);
  });

  it('alone tells of a delay: what an application by socket does with its frames is not known', async () => {
    const { server, app } = await start();
    await app.ask('route|invite');
    await invite(server);
    await app.expect(({ sip }) => sip.startsWith('INVITE'));
    expect(server.vitals().queued).toBe(0);
  });
});
