import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSipServer } from '../../../src/embedded/sip-server/server.js';
import { runIntegration, runUnitTests, type Tally } from './run.js';
import { Testbed } from './testbed.js';
import { suiteDirectory, Workspace, type Server } from './workspace.js';

/** `host:port:secret` of a real drachtio-server: the same suite then runs against it. */
const REAL = process.env['CALLVEIL_TEST_DRACHTIO'] ?? '';

/** What runs side by side, each with a server of its own; one test waits 32 s for its ACK timeout. */
const groups = [
  ['b2b.js', 'reinvite-tests.js'],
  ['uas.js'],
  ['uac.js'],
  ['proxy.js', 'utils.js', 'refer.js'],
] as const;
const patience = 150_000;

describe(`drachtio-srf's own test suite, on ${REAL === '' ? 'our engine' : 'drachtio-server'}`, () => {
  const tallies: Tally[] = [];
  const closers: (() => Promise<void>)[] = [];
  let bed: Testbed;

  beforeAll(async () => {
    bed = await Testbed.start(suiteDirectory);
  });

  afterAll(async () => {
    await bed.stop();
    for (const close of closers) await close();
    for (const { part, passed, failed } of tallies) {
      process.stdout.write(`drachtio-srf ${part}: ${passed} passed, ${failed} failed\n`);
    }
    process.stdout.write('not run: docker_start.js, whose one assertion is that docker is up\n');
  });

  async function ours(): Promise<Server> {
    const server = await startSipServer({
      listeners: [{ protocol: 'udp', address: '127.0.0.1', port: 0 }],
      secret: 'cymru',
      adminHost: '127.0.0.1',
      adminPort: 0,
    });
    closers.push(() => server.close());
    const sip = (server.contacts[0] ?? '').replace('udp/', '');
    return { host: '127.0.0.1', adminPort: server.adminPort, secret: 'cymru', sip };
  }

  async function integration(files: readonly string[]): Promise<Tally> {
    const sut = REAL === '' ? await ours() : await real(REAL);
    const workspace = new Workspace(bed.places, sut, await ours());
    try {
      return await runIntegration(workspace, files, patience);
    } finally {
      workspace.remove();
    }
  }

  it('passes the unit tests', async () => {
    const server = { host: '127.0.0.1', adminPort: 0, secret: '', sip: '127.0.0.1:0' };
    const workspace = new Workspace(bed.places, server, server);
    const result = await runUnitTests(workspace);
    workspace.remove();
    tallies.push(result);
    expect(result.failures, result.output).toEqual([]);
    expect(result.passed).toBe(52);
  });

  // Their pauses are of fixed length, some of 100 ms: on a very busy machine once is not enough.
  it('passes the integration tests', { timeout: 8 * patience, retry: 1 }, async () => {
    const results: Tally[] = [];
    if (REAL === '') results.push(...(await Promise.all(groups.map(integration))));
    // All applications of one server would take one another's calls.
    else for (const files of groups) results.push(await integration(files));
    tallies.push(...results);
    const output = results.filter(({ failed }) => failed > 0).map((result) => result.output);
    expect(
      results.flatMap(({ failures }) => failures),
      output.join('\n'),
    ).toEqual([]);
    expect(results.reduce((sum, { passed }) => sum + passed, 0)).toBe(77);
  });
});

/** The address where a server takes SIP, which it tells applications when they come. */
async function real(location: string): Promise<Server> {
  const [host = '', port = '', secret = ''] = location.split(':');
  const greeting = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), host, () => {
      const payload = `hello|authenticate|${secret}|`;
      socket.write(`${payload.length}#${payload}`);
    });
    socket.once('data', (chunk: Buffer) => {
      resolve(chunk.toString());
      socket.destroy();
    });
    socket.once('error', reject);
  });
  const sip = /udp\/(\d+\.\d+\.\d+\.\d+:\d+)/.exec(greeting)?.[1] ?? '';
  return { host, adminPort: Number(port), secret, sip };
}
