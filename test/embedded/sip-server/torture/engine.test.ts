import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { onRealServer, pause, TestEngine } from '../engine.js';
import { wire } from '../message/builders.js';
import { rfc4475 } from './rfc4475.js';
import { rfc5118 } from './rfc5118.js';
import { bytesOf, type TortureMessage } from './torture-message.js';

const methods = 'invite options register subscribe publish message refer info notify'.split(' ');
const messages = [...rfc4475, ...rfc5118];
/** What the application answers, and the engine never does by itself. */
const handled = 604;

/** What reached the application, and so could reach another leg. */
const delivered: string[] = [];

/**
 * Some messages have the same branch and would be repetitions of one another (RFC 3261 §17.2.3):
 * the second such goes to a second engine.
 */
const twins = new Map<TortureMessage, number>();
const seen = new Map<string, number>();
for (const message of messages) {
  const text = bytesOf(message).toString('latin1');
  const key = `${/^\S+/.exec(text)?.[0]} ${/branch *= *([^;\s]+)/.exec(text)?.[1]}`;
  twins.set(message, seen.get(key) ?? 0);
  seen.set(key, (seen.get(key) ?? 0) + 1);
}

let engines: TestEngine[] = [];

async function startEngines(): Promise<void> {
  const note = (request: { method: string }, response: { send(status: number): void }): void => {
    delivered.push(request.method);
    response.send(handled);
  };
  engines = await Promise.all(
    Array.from({ length: Math.max(...seen.values()) }, async () => {
      const engine = await TestEngine.start();
      await engine.app(Object.fromEntries(methods.map((method) => [method, note])));
      return engine;
    }),
  );
}

async function stopEngines(): Promise<void> {
  await Promise.all(engines.map((engine) => engine.stop()));
}

const portFor = (message: TortureMessage): number => engines[twins.get(message) ?? 0]!.sipPort;

/** Answered 481 at once, after everything that came before it on the same way. */
const question = wire([
  'OPTIONS sip:127.0.0.1 SIP/2.0',
  'Via: SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bK-there',
  'From: <sip:a@b>;tag=1',
  'To: <sip:a@b>;tag=2',
  'Call-ID: are-you-there',
  'CSeq: 1 OPTIONS',
  'Content-Length: 0',
]);

const questionAnswered = (heard: string): boolean => heard.includes('are-you-there');

/** The different final answers, without that to the question: until its ACK a refusal is repeated. */
function finals(heard: string): number[] {
  const answers = heard.split(/(?=^SIP\/2\.0 )/m).filter((answer) => !questionAnswered(answer));
  const statuses = answers.map((answer) => Number(answer.slice(8, 11)));
  return [...new Set(statuses.filter((status) => status >= 200))];
}

function expected(outcome: TortureMessage['engine']): number[] {
  if (outcome === 'silence') return [];
  return [outcome === 'handled' ? handled : outcome];
}

async function until(what: () => boolean, within = 2_000): Promise<void> {
  for (const end = Date.now() + within; !what() && Date.now() < end;) await pause(2);
}

beforeEach(() => {
  delivered.length = 0;
});

describe.skipIf(onRealServer)('a torture message in a datagram', () => {
  let socket: UdpSocket;
  let heard: string;

  beforeAll(startEngines);
  afterAll(stopEngines);

  beforeEach(async () => {
    socket = createSocket('udp4');
    heard = '';
    socket.on('message', (bytes) => (heard += bytes.toString()));
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
  });

  afterEach(() => {
    socket.close();
  });

  it.each(messages)('$rfc $section $name, $title: $engine', async (message) => {
    const wanted = expected(message.engine);
    socket.send(bytesOf(message), portFor(message), '127.0.0.1');
    await until(() => finals(heard).length >= wanted.length);
    socket.send(question, portFor(message), '127.0.0.1');
    await until(() => questionAnswered(heard));
    expect(questionAnswered(heard)).toBe(true);
    expect(finals(heard)).toEqual(wanted);
    expect(delivered).toHaveLength(message.engine === 'handled' ? 1 : 0);
  });
});

describe.skipIf(onRealServer)('a torture message on a stream', () => {
  let stream: Socket;
  let heard: string;
  let closed: boolean;

  beforeAll(startEngines);
  afterAll(stopEngines);

  beforeEach(() => {
    heard = '';
    closed = false;
  });

  afterEach(async () => {
    stream.destroy();
    await until(() => closed);
  });

  it.each(messages)('$rfc $section $name, $title: $engine $stream', async (message) => {
    stream = connect(portFor(message), '127.0.0.1');
    stream.on('data', (bytes: Buffer) => (heard += bytes.toString()));
    stream.on('error', () => undefined);
    stream.on('close', () => (closed = true));
    await once(stream, 'connect');
    stream.write(bytesOf(message));
    stream.write(question);
    if (message.stream === 'waits') await pause(50);
    else await until(() => closed || questionAnswered(heard));
    expect({ closed, answered: questionAnswered(heard) }).toEqual({
      closed: message.stream === 'closed',
      answered: message.stream === undefined,
    });
    if (message.stream === 'waits') return;
    // What a datagram ends, a stream goes on with: the octets behind dblreq are another request.
    const wanted = [...expected(message.engine), ...(message.name === 'dblreq' ? [400] : [])];
    await until(() => finals(heard).length >= wanted.length, closed ? 20 : 2_000);
    // Whoever breaks his stream does not hear what came too late for it.
    if (message.name === 'dblreq') expect(finals(heard)).toContain(400);
    else expect(finals(heard)).toEqual(wanted);
    expect(delivered).toHaveLength(message.engine === 'handled' ? 1 : 0);
  });
});
