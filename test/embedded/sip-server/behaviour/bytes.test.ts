import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { onRealServer, pause, TestEngine } from '../engine.js';
import { wire } from '../message/builders.js';
import { RawUa, sdp } from '../raw-ua.js';

const methods = 'invite options register subscribe publish message refer info notify'.split(' ');

type Changes = Readonly<Record<string, string | undefined>>;

/** Bytes as strangers send them; whatever they are, the next request is answered at once. */
describe.skipIf(onRealServer)('bytes of a stranger', () => {
  let engine: TestEngine;
  let phone: RawUa;
  /** What reached the application, and so could reach another leg. */
  const delivered: string[] = [];
  let sent = 0;

  beforeAll(async () => {
    engine = await TestEngine.start();
    const note = (request: { method: string }, response: { send(status: number): void }): void => {
      delivered.push(request.method);
      response.send(404);
    };
    await engine.app(Object.fromEntries(methods.map((method) => [method, note])));
  });

  afterAll(async () => {
    await engine.stop();
  });

  beforeEach(async () => {
    delivered.length = 0;
    phone = await RawUa.open({ user: 'stranger' });
  });

  afterEach(async () => {
    // Asked from the same socket, so that it comes after everything else.
    const began = performance.now();
    await phone.send(engine.sipPort, [
      `OPTIONS sip:127.0.0.1:${engine.sipPort} SIP/2.0`,
      ...invite({ CSeq: '1 OPTIONS', To: `<sip:x@127.0.0.1>;tag=alive` }).slice(1),
    ]);
    await phone.expect(481);
    expect(performance.now() - began).toBeLessThan(1_000);
    await phone.close();
  });

  /** An INVITE with nothing wrong but the changes; undefined leaves a field out. */
  function invite(changes: Changes = {}, user = 'service'): string[] {
    sent += 1;
    const target = `sip:${user}@127.0.0.1:${engine.sipPort}`;
    const fields: Changes = {
      Via: `SIP/2.0/UDP ${phone.hostPort};rport;branch=z9hG4bK-bytes-${sent}`,
      'Max-Forwards': '70',
      From: `<${phone.uri}>;tag=t${sent}`,
      To: `<sip:service@127.0.0.1:${engine.sipPort}>`,
      'Call-ID': `bytes-${sent}@test`,
      CSeq: '1 INVITE',
      Contact: `<${phone.uri}>`,
      ...changes,
    };
    const lines = Object.entries(fields).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}: ${value}`],
    );
    return [`INVITE ${target} SIP/2.0`, ...lines];
  }

  /** The first final answer within a second, or undefined. */
  async function answerTo(message: Buffer): Promise<number | undefined> {
    await phone.sendText(engine.sipPort, message);
    for (let waited = 0; waited < 1_000; waited += 10) {
      const final = phone.heard.find(({ what }) => Number(what) >= 200);
      if (final) return Number(final.what);
      await pause(10);
    }
    return undefined;
  }

  describe('without end', () => {
    const many = (count: number, line: (at: number) => string): string =>
      Array.from({ length: count }, (_, at) => line(at)).join('');
    const nested = (depth: number): string =>
      many(depth, (at) => `--b${at}\r\nContent-Type: multipart/mixed;boundary=b${at + 1}\r\n\r\n`);

    it.each<[string, () => string[], string, number[]]>([
      ['60 kB in one header', () => invite({ Subject: 'x'.repeat(60_000) }), '', [400, 513]],
      [
        '2000 headers',
        () => invite({ Subject: `a${many(2_000, (at) => `\r\nX-${at}: y`)}` }),
        '',
        [400, 513],
      ],
      [
        '400 Via',
        () =>
          invite({
            Allow: `A${many(400, (at) => `\r\nVia: SIP/2.0/UDP h${at};branch=z9hG4bK${at}`)}`,
          }),
        '',
        [400, 404, 513],
      ],
      [
        '300 Record-Route',
        () => invite({ Allow: `A${many(300, (at) => `\r\nRecord-Route: <sip:r${at};lr>`)}` }),
        '',
        [400, 404, 513],
      ],
      ['a user part of 8 kB', () => invite({}, '1'.repeat(8_000)), '', [404, 414]],
      [
        'a display name of 8 kB',
        () => invite({ From: `"${'x'.repeat(8_000)}" <sip:a@b>;tag=1` }),
        '',
        [400, 404],
      ],
      ['a Call-ID of 8 kB', () => invite({ 'Call-ID': 'x'.repeat(8_000) }), '', [400, 404]],
      [
        'a branch of 4 kB',
        () => invite({ Via: `SIP/2.0/UDP 1.2.3.4;branch=z9hG4bK${'x'.repeat(4_000)}` }),
        '',
        [400, 404],
      ],
      [
        '3000 parameters',
        () => invite({ From: `<sip:a@b>;tag=1${many(3_000, (at) => `;p${at}`)}` }),
        '',
        [400, 404],
      ],
      [
        '100 nested multiparts',
        () => invite({ 'Content-Type': 'multipart/mixed;boundary=b0' }),
        nested(100),
        [400, 404, 415],
      ],
    ])('%s: refused or handled', async (_, lines, body, allowed) => {
      expect(allowed).toContain(await answerTo(wire(lines(), body)));
    });
  });

  describe('with something wrong', () => {
    it.each<[string, Changes]>([
      ['a second From in its compact form', { f: '<sip:a@b>;tag=2' }],
      ['a second To', { t: '<sip:other@b>' }],
      ['a second Call-ID', { i: 'other@b' }],
      ['a second CSeq', { cseq: '2 INVITE' }],
      ['Max-Forwards that is no number', { 'Max-Forwards': 'many' }],
      ['a CSeq of 2³¹', { CSeq: '2147483648 INVITE' }],
      ['another method in CSeq', { CSeq: '1 OPTIONS' }],
      ['Via with port 0', { Via: 'SIP/2.0/UDP 127.0.0.1:0;branch=z9hG4bK-zero' }],
      ['Via with port 99999', { Via: 'SIP/2.0/UDP 127.0.0.1:99999;branch=z9hG4bK-high' }],
      ['a bar in its Call-ID', { 'Call-ID': 'a;from-tag=b|c@d' }],
      ['a bar in its tag', { From: '<sip:a@b>;tag=x|y' }],
      ['a bare CR in a quoted string', { From: '"a\rb" <sip:a@b>;tag=1' }],
      ['a bare LF in a quoted string', { From: '"a\nb" <sip:a@b>;tag=1' }],
      ['NUL', { Subject: 'a\0b' }],
    ])('%s: 400, and goes no further', async (_, changes) => {
      expect(await answerTo(wire(invite(changes)))).toBe(400);
      expect(delivered).toEqual([]);
    });

    it.each(['+5', '0x10', '5 5', '', '-1', '5,5', '999'])(
      'Content-Length "%s" before five bytes: 400',
      async (length) => {
        expect(await answerTo(wire(invite({ 'Content-Length': length }), 'hello'))).toBe(400);
        expect(delivered).toEqual([]);
      },
    );

    it('Content-Length too small: the rest is ignored', async () => {
      const lines = invite({ 'Content-Type': 'application/sdp', 'Content-Length': '5' });
      expect(await answerTo(wire(lines, `v=0\r\nINVITE sip:x SIP/2.0${sdp}`))).toBe(404);
      expect(delivered).toEqual(['INVITE']);
    });

    it('no Max-Forwards is taken for 70, 0 is the last hop', async () => {
      expect(await answerTo(wire(invite({ 'Max-Forwards': undefined })))).toBe(404);
      phone.heard.length = 0;
      expect(await answerTo(wire(invite({ 'Max-Forwards': '00' })))).toBe(483);
      expect(delivered).toEqual(['INVITE']);
    });

    it('a branch that is only the cookie names no transaction', async () => {
      for (const method of ['REGISTER', 'REGISTER']) {
        const lines = invite({ Via: 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK', CSeq: `1 ${method}` });
        lines[0] = lines[0]!.replace('INVITE', method);
        await phone.send(engine.sipPort, lines);
        await phone.expect(404);
      }
      expect(delivered).toHaveLength(2);
    });
  });

  it.each([
    'SIP/2.0/UDP no.such.host.invalid;branch=z9hG4bK-dns',
    'SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK-maddr;maddr=127.0.0.9',
    'SIP/2.0/UDP 127.0.0.9:9;branch=z9hG4bK-received;received=127.0.0.9',
    'SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK-rport;rport=9',
    'SIP/2.0/TLS [::1]:9;branch=z9hG4bK-tls',
  ])('Via: %s is answered where it came from, at once', async (via) => {
    const began = performance.now();
    expect(await answerTo(wire(invite({ Via: via })))).toBe(404);
    expect(performance.now() - began).toBeLessThan(200);
  });

  it.each<[string, string | Buffer]>([
    ['HTTP', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['TLS', Buffer.from('16030100a5010000a10303', 'hex')],
    ['STUN', Buffer.from('000100002112a442000000000000000000000000', 'hex')],
    ['noise', Buffer.from(Array.from({ length: 1_000 }, (_, at) => (at * 167) % 256))],
    ['zeros', Buffer.alloc(64)],
    ['keep-alive', '\r\n\r\n'],
    ['an empty datagram', ''],
    ['a request without Via', 'OPTIONS sip:x SIP/2.0\r\nFrom: <sip:a@b>;tag=1\r\n\r\n'],
    [
      'a stray response',
      'SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\nCSeq: 1 INVITE\r\n\r\n',
    ],
  ])('%s: silence', async (_, noise) => {
    await phone.sendText(engine.sipPort, noise);
    await pause(60);
    expect(phone.heard).toEqual([]);
    expect(delivered).toEqual([]);
  });

  describe('over TCP', () => {
    /** Everything that is said until the other side hangs up. */
    async function said(bytes: string): Promise<string> {
      const socket = connect(engine.sipPort, '127.0.0.1');
      let heard = '';
      socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      socket.write(bytes);
      await once(socket, 'close', { signal: AbortSignal.timeout(4_000) });
      return heard.split('\r\n')[0] ?? '';
    }

    it.each<[string, (lines: string) => string, RegExp]>([
      [
        'a header of 300 kB',
        (lines) => `${lines}\r\nSubject: ${'x'.repeat(300_000)}`,
        /^SIP\/2.0 (400|513) /,
      ],
      ['a body of 2 GB to come', (lines) => `${lines}\r\nl: 2147483648\r\n\r\n`, /^SIP\/2.0 513 /],
      ['no Content-Length', (lines) => `${lines}\r\n\r\n`, /^SIP\/2.0 400 /],
      ['Content-Length "+5"', (lines) => `${lines}\r\nl: +5\r\n\r\nhello`, /^SIP\/2.0 400 /],
      ['TLS', () => '\x16\x03\x01\x02\x00', /^$/],
      ['HTTP', () => 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', /^$/],
    ])('%s: refused and closed', async (_, spoil, answer) => {
      const lines = invite({ Via: `SIP/2.0/TCP ${phone.hostPort};branch=z9hG4bK-tcp-${sent}` });
      expect(await said(spoil(lines.join('\r\n')))).toMatch(answer);
      expect(delivered).toEqual([]);
    });
  });
});
