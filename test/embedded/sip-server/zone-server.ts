import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import {
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  TRUNCATED_RESPONSE,
  type Answer,
  type DecodedPacket,
  type Packet,
} from 'dns-packet';

/** How a name server treats a question instead of answering it from its zone. */
export type Mischief = 'silence' | 'garbage' | 'servfail' | 'truncate' | 'other-question';

export const a = (name: string, data: string, ttl = 60): Answer => ({ type: 'A', name, data, ttl });
export const srv = (name: string, port: number, target: string, more: object = {}): Answer => ({
  type: 'SRV',
  name,
  ttl: 60,
  data: { priority: 1, weight: 1, port, target, ...more },
});
export const naptr = (name: string, services: string, replacement: string, order = 1): Answer => ({
  type: 'NAPTR',
  name,
  ttl: 60,
  data: { order, preference: 1, flags: 's', services, regexp: '', replacement },
});

/** An authoritative name server on loopback, with a zone that tests change as they like. */
export class ZoneServer {
  zone: Answer[] = [];
  mischief: Mischief | undefined;
  /** `type name` of every question that came, over TCP with a mark. */
  readonly asked: string[] = [];
  readonly #udp: Socket;
  readonly #tcp: Server;

  private constructor(udp: Socket, tcp: Server) {
    this.#udp = udp;
    this.#tcp = tcp;
    udp.on('message', (bytes, from) => {
      const answer = this.#answer(bytes, false);
      if (answer) udp.send(answer, from.port, from.address);
    });
    tcp.on('connection', (socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (bytes: Buffer) => {
        const answer = this.#answer(bytes.subarray(2), true);
        if (answer === undefined) return;
        const length = Buffer.alloc(2);
        length.writeUInt16BE(answer.length);
        socket.end(Buffer.concat([length, answer]));
      });
    });
  }

  static async open(zone: Answer[] = []): Promise<ZoneServer> {
    const tcp = createServer().listen(0, '127.0.0.1');
    await once(tcp, 'listening');
    const udp = createSocket('udp4').bind((tcp.address() as AddressInfo).port, '127.0.0.1');
    await once(udp, 'listening');
    const server = new ZoneServer(udp, tcp);
    server.zone = zone;
    return server;
  }

  get address(): string {
    return `127.0.0.1:${this.#udp.address().port}`;
  }

  async close(): Promise<void> {
    this.#udp.close();
    this.#tcp.close();
    await once(this.#tcp, 'close');
  }

  #answer(bytes: Buffer, overTcp: boolean): Buffer | undefined {
    const query = decode(bytes);
    const [question] = query.questions ?? [];
    if (question === undefined) return undefined;
    this.asked.push(`${overTcp ? 'tcp ' : ''}${question.type} ${question.name}`);
    switch (this.mischief) {
      case 'silence':
        return undefined;
      case 'garbage':
        return Buffer.concat([bytes.subarray(0, 12), Buffer.alloc(40, 0xc0)]);
      case 'servfail':
        return reply(query, { flags: AUTHORITATIVE_ANSWER | 2 });
      case 'other-question':
        return reply(query, { questions: [{ ...question, name: 'victim.test' }] });
      case 'truncate':
        if (!overTcp) return reply(query, { flags: AUTHORITATIVE_ANSWER | TRUNCATED_RESPONSE });
        return this.#fromZone(query, question);
      case undefined:
        return this.#fromZone(query, question);
    }
  }

  /** With the aliases on the way, as a resolver that has followed them would say it. */
  #fromZone(query: DecodedPacket, question: { type: string; name: string }): Buffer {
    const answers: Answer[] = [];
    const seen = new Set<string>();
    let name = question.name.toLowerCase();
    for (; !seen.has(name);) {
      seen.add(name);
      const here = this.zone.filter((record) => record.name.toLowerCase() === name);
      answers.push(...here.filter(({ type }) => type === question.type));
      const alias = here.find((record) => record.type === 'CNAME');
      if (alias?.type !== 'CNAME') break;
      answers.push(alias);
      name = alias.data.toLowerCase();
    }
    const known = this.zone.some((record) => record.name.toLowerCase() === name);
    return reply(query, { answers, flags: AUTHORITATIVE_ANSWER | (known ? 0 : 3) });
  }
}

function reply(query: DecodedPacket, parts: Packet): Buffer {
  return encode({
    type: 'response',
    id: query.id ?? 0,
    questions: query.questions ?? [],
    ...parts,
  });
}
