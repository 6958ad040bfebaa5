/**
 * npx tsx test/load/idle-streams.ts --rate 100 --seconds 20 --idle 1000 --slow 200
 *
 * Calls of SIPp go through the real daemon while a crowd holds on to it: TCP connections that never
 * say a word, and TLS callers that drip their handshake a byte at a time and come again when cut
 * off. Prints what came of the calls and of OPTIONS meanwhile; exits 0 only if none failed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { hostPort, type Address } from '../../src/phones/address.js';
import { freePort } from '../../src/phones/free-port.js';
import { TestAuthority } from '../support/certificates.js';
import { Daemon } from '../support/daemon.js';
import { residentMb } from '../support/process-figures.js';
import { Sipp } from '../support/sipp.js';
import { requireSipp } from '../support/sipp-tool.js';
import { writeCallers } from './callers-file.js';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '20' },
    idle: { type: 'string', default: '1000' },
    slow: { type: 'string', default: '200' },
  },
});
const rate = Number(values.rate);
const total = rate * Number(values.seconds);
/** The beginning of a ClientHello that promises 512 bytes. */
const HELLO = Buffer.from('16030102000100', 'hex');
const crowd = { open: 0, cutOff: 0, over: false };

function takeSeat(to: Address, seat: number, drip: boolean): Socket {
  // A handful of hosts, so that the limit of one source is not what protects the calls.
  const socket = connect({
    host: to.host,
    port: to.port,
    localAddress: `127.0.77.${1 + (seat % 8)}`,
  });
  socket.on('error', () => undefined);
  socket.on('connect', () => (crowd.open += 1));
  let sent = 0;
  const timer = setInterval(() => {
    if (drip && socket.writable) socket.write(HELLO.subarray(sent % 7, (sent++ % 7) + 1));
  }, 500);
  socket.on('close', () => {
    clearInterval(timer);
    if (crowd.over) return;
    crowd.open -= 1;
    crowd.cutOff += 1;
    if (drip) setTimeout(() => takeSeat(to, seat, drip), 100).unref();
  });
  sockets.push(socket);
  return socket;
}

/** Milliseconds until OPTIONS over a TCP connection of its own is answered. */
function askOptions(to: Address): Promise<number> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const socket = connect({ host: to.host, port: to.port, localAddress: '127.0.88.1' });
    const fail = setTimeout(() => reject(new Error('OPTIONS was not answered in 5 s')), 5_000);
    const id = String(began);
    socket.on('error', reject);
    socket.write(
      [
        `OPTIONS sip:${hostPort(to)} SIP/2.0`,
        `Via: SIP/2.0/TCP 127.0.88.1;branch=z9hG4bK${id}`,
        ...[`From: <sip:a@127.0.88.1>;tag=${id}`, `To: <sip:${hostPort(to)}>`],
        ...[`Call-ID: ${id}`, 'CSeq: 1 OPTIONS', 'Max-Forwards: 70', 'Content-Length: 0'],
        '\r\n',
      ].join('\r\n'),
    );
    socket.once('data', () => {
      clearTimeout(fail);
      socket.destroy();
      resolve(performance.now() - began);
    });
  });
}

requireSipp();
const sockets: Socket[] = [];
const directory = mkdtempSync(join(tmpdir(), 'callveil-load-'));
const authority = new TestAuthority();
const ours = authority.issue('ours', ['IP:127.0.0.1']);
const carrier = { host: '127.0.1.1', port: await freePort('127.0.1.1') };
const pbx = { host: '127.0.2.1', port: await freePort('127.0.2.1') };
const trunk = (name: string, at: Address, more: object): object => ({
  ...{ name, role: name, sources: [at.host], media: 'direct' },
  ...{ targets: [`sip:${hostPort(at)};transport=tcp`], ...more },
});
const daemon = await Daemon.start({
  sip: {
    max_calls: 20_000,
    tls: { certificate_file: ours.certificateFile, key_file: ours.keyFile },
  },
  transports: ['tls'],
  log: { level: 'warn' },
  tenants: [
    {
      id: 'acme',
      dids: ['+12025561000', '+12025561001', '+12025561002'],
      carrier_trunk: 'carrier',
      pbx_trunk: 'pbx',
    },
  ],
  trunks: [
    // The crowd stands at the carrier's addresses: strangers would be hung up on at once.
    trunk('carrier', carrier, { sources: [carrier.host, '127.0.77.0/24', '127.0.88.0/24'] }),
    trunk('pbx', pbx, { tenant: 'acme', aor_domain: 'pbx.example' }),
  ],
});

try {
  const callers = await writeCallers(daemon, directory);
  const startMb = residentMb(daemon.pid);
  for (let seat = 0; seat < Number(values.idle); seat += 1) takeSeat(daemon.sip, seat, false);
  const tls = daemon.listensOn('tls');
  for (let seat = 0; seat < Number(values.slow); seat += 1) takeSeat(tls, seat, true);

  const common = {
    ...{ calls: total, trace: false, transport: 'tcp' as const },
    timeoutSeconds: Number(values.seconds) + 60,
  };
  const scenario = (name: string): string => join(import.meta.dirname, name);
  const callee = await Sipp.start({ ...common, scenario: scenario('pbx-answers.xml'), local: pbx });
  const caller = await Sipp.start({
    ...{ ...common, scenario: scenario('carrier-calls.xml'), local: carrier },
    ...{ remote: daemon.sip, rate, more: ['-inf', callers, '-d', '1000', '-l', '10000'] },
  });
  const asked: number[] = [];
  let unanswered = 0;
  let atMost = 0;
  const probe = setInterval(() => {
    atMost = Math.max(atMost, crowd.open);
    askOptions(daemon.sip).then(
      (ms) => asked.push(ms),
      () => (unanswered += 1),
    );
  }, 250);
  const result = await caller.done();
  clearInterval(probe);
  if (result.failed > 0) callee.terminate();
  const answered = await callee.done();
  asked.sort((a, b) => a - b);
  const figures = {
    calls: result.successful + result.failed,
    failed: result.failed,
    failed_at_pbx: answered.failed,
    crowd_at_most: atMost,
    crowd_cut_off: crowd.cutOff,
    options: asked.length,
    options_unanswered: unanswered,
    options_ms: { median: asked[asked.length >> 1]?.toFixed(1), most: asked.at(-1)?.toFixed(1) },
    rss_mb: { start: startMb, end: residentMb(daemon.pid) },
  };
  process.stdout.write(`${JSON.stringify(figures, undefined, 2)}\n`);
  const good = figures.calls === total && figures.failed + answered.failed + unanswered === 0;
  process.stdout.write(good ? 'PASS\n' : `${result.errors.slice(0, 2000)}\nFAIL\n`);
  process.exitCode = good ? 0 : 1;
} finally {
  crowd.over = true;
  for (const socket of sockets) socket.destroy();
  await daemon.stop();
  authority.close();
  rmSync(directory, { recursive: true, force: true });
}
