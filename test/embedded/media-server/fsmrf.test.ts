import { createRequire } from 'node:module';
import type { EventEmitter } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestMediaServer } from '../../support/embedded-media-server.js';
import { RtpPeer } from '../../support/rtp-peer.js';
import { toneWav } from '../../support/wav.js';
import { emitted, pause, TestEngine, type App } from '../sip-server/engine.js';

/** drachtio-fsmrf as any application uses it; its own types are of another time. */
interface Endpoint extends EventEmitter {
  readonly uuid: string;
  readonly local: { readonly sdp: string };
  readonly remote: { readonly sdp: string };
  readonly conn: { readonly socket: { setNoDelay(on: boolean): void } };
  play(what: unknown): Promise<Record<string, string>>;
  playCollect(options: object): Promise<Record<string, string | null>>;
  modify(sdp: string): Promise<string>;
  bridge(other: Endpoint): Promise<void>;
  unbridge(): Promise<void>;
  execute(app: string, argument: string): Promise<{ getHeader(name: string): string | undefined }>;
  set(name: string, value: string): Promise<void>;
  mute(): Promise<unknown>;
  unmute(): Promise<unknown>;
  getChannelVariables(stats: boolean): Promise<Record<string, string>>;
  join(conference: string): Promise<{ memberId: number }>;
  confMute(): Promise<unknown>;
  unjoin(): Promise<unknown>;
  destroy(): Promise<void>;
}

interface Server {
  createEndpoint(options?: object): Promise<Endpoint>;
  createConference(name: string): Promise<{ getSize(): Promise<number> }>;
  api(command: string): Promise<string>;
  disconnect(): void;
}

const Mrf = createRequire(import.meta.url)('drachtio-fsmrf') as new (app: App) => {
  connect(options: object): Promise<Server>;
};

/** `host:port:password` of a real FreeSWITCH that the same tests can be run against. */
const real = process.env['CALLVEIL_TEST_FREESWITCH']?.split(':') ?? [];

async function startServer(): Promise<{
  host: string;
  port: number;
  password: string;
  stop(): Promise<void>;
}> {
  const [host = '', port = '', ...password] = real;
  if (host === '') return await startTestMediaServer();
  const stop = (): Promise<void> => Promise.resolve();
  return { host, port: Number(port), password: password.join(':'), stop };
}

describe('drachtio-fsmrf on a media server', () => {
  const directory = mkdtempSync(join(tmpdir(), 'callveil-fsmrf-'));
  const prompt = join(directory, 'prompt.wav');
  const peers: RtpPeer[] = [];
  const endpoints: Endpoint[] = [];
  let engine: TestEngine;
  let server: Awaited<ReturnType<typeof startServer>>;
  let ms: Server;

  beforeAll(async () => {
    writeFileSync(prompt, toneWav(1000, [440]));
    server = await startServer();
    engine = await TestEngine.start();
    const app = await engine.app();
    const { host: address, port, password: secret } = server;
    ms = await new Mrf(app).connect({ address, port, secret, listenAddress: '127.0.0.1' });
  });

  afterEach(async () => {
    for (const { uuid } of endpoints.splice(0)) await ms.api(`uuid_kill ${uuid}`);
    for (const peer of peers.splice(0)) peer.close();
  });

  afterAll(async () => {
    ms.disconnect();
    await engine.stop();
    await server.stop();
    rmSync(directory, { recursive: true });
  });

  const caller = async (): Promise<{ ep: Endpoint; peer: RtpPeer }> => {
    const peer = await RtpPeer.open();
    const ep = await ms.createEndpoint({ remoteSdp: peer.sdp });
    ep.conn.socket.setNoDelay(true);
    peer.sendTo(ep.local.sdp);
    peers.push(peer);
    endpoints.push(ep);
    return { ep, peer };
  };

  const hears = (peer: RtpPeer, hertz: number): Promise<void> =>
    expect.poll(() => peer.share(hertz, 100), { timeout: 3000, interval: 20 }).toBeGreaterThan(0.5);

  it('makes an endpoint without a description and gives it one later', async () => {
    const peer = await RtpPeer.open();
    peers.push(peer);
    const ep = await ms.createEndpoint();
    endpoints.push(ep);
    expect(ep.local.sdp).toContain('m=audio');
    peer.sendTo(await ep.modify(peer.sdp));
    expect(ep.remote.sdp).toContain(`m=audio ${String(peer.port)}`);
    const playing = ep.play('tone_stream://%(600,0,440)');
    await hears(peer, 440);
    await playing;
  });

  it('plays tones, files, lists and parts of files, and says how much', async () => {
    const { ep } = await caller();
    const tone = await ep.play('tone_stream://%(300,100,440);loops=2');
    expect(Number(tone['playbackMilliseconds'])).toBe(800);
    const file = await ep.play(prompt);
    expect(file).toMatchObject({ playbackSeconds: '1', playbackLastOffsetPos: '8000' });
    const part = await ep.play({ file: prompt, seekOffset: 4000 });
    expect(part).toMatchObject({ playbackMilliseconds: '500', playbackLastOffsetPos: '8000' });
    await ep.play(['tone_stream://%(100,0,440)', 'silence_stream://100']);
    await expect(ep.play(join(directory, 'nope.wav'))).rejects.toThrow('File Not Found');
  });

  it('tells when a file begins and ends, and ends it on demand', async () => {
    const { ep } = await caller();
    const begun = emitted(ep, 'playback-start');
    const ended = emitted(ep, 'playback-stop');
    const playing = ep.execute('playback', prompt);
    await begun;
    await ms.api(`uuid_break ${ep.uuid}`);
    await ended;
    expect((await playing).getHeader('Application-Response')).toBe('FILE PLAYED');
  });

  it('lets what comes later go first, and goes on afterwards', async () => {
    const { ep } = await caller();
    const order: string[] = [];
    const note = (name: string) => () => void order.push(name);
    const long = ep.play('tone_stream://%(800,0,440)').then(note('long'));
    await pause(200);
    const short = ep.play('tone_stream://%(200,0,640)').then(note('short'));
    const set = ep.set('a', '1').then(note('set'));
    await Promise.all([long, short, set]);
    expect(order).toEqual(['set', 'short', 'long']);
  });

  it('collects digits: enough, ended, late, and not those that were asked for', async () => {
    const { ep, peer } = await caller();
    const ask = (options: object): Promise<Record<string, string | null>> =>
      ep.playCollect({
        file: 'silence_stream://200',
        min: 1,
        timeout: 500,
        digitTimeout: 1500,
        ...options,
      });
    const press = async (digits: string): Promise<void> => {
      // What comes before the prompt counts for nothing.
      await emitted(ep, 'playback-start');
      await pause(300);
      for (const digit of digits) await peer.press(digit);
    };
    const enough = ask({ max: 2, timeout: 4000 });
    await press('15');
    expect((await enough)['digits']).toBe('15');
    const ended = ask({ max: 4, timeout: 4000 });
    await press('7#');
    expect(await ended).toMatchObject({ digits: '7', terminatorUsed: '#' });
    expect((await ask({ max: 1 }))['digits']).toBeNull();
    const other = ask({ max: 1, timeout: 4000, regexp: '[12]' });
    await press('9');
    expect(await other).toMatchObject({ digits: null, invalidDigits: '9' });
  });

  it('tells digits as they come, and sends them', async () => {
    const { ep, peer } = await caller();
    const heard = emitted(ep, 'dtmf');
    await pause(100);
    await peer.press('5');
    expect((await heard)[0]).toMatchObject({ dtmf: '5', source: 'RTP' });
    await ms.api(`uuid_send_dtmf ${ep.uuid} 42@100`);
    await expect.poll(() => peer.digits, { timeout: 3000 }).toBe('42');
  });

  it('bridges, parks both, bridges again, and parks who is left', async () => {
    const [one, other] = [await caller(), await caller()];
    one.peer.speak(440);
    await one.ep.bridge(other.ep);
    await hears(other.peer, 440);
    await one.ep.unbridge();
    await expect.poll(() => other.peer.share(440, 100), { timeout: 3000 }).toBeLessThan(0.1);
    await pause(300);
    await one.ep.bridge(other.ep);
    await hears(other.peer, 440);
    await one.ep.destroy();
    await pause(300);
    const playing = other.ep.play('tone_stream://%(600,0,700)');
    await hears(other.peer, 700);
    await playing;
  });

  it('mutes a party for the other', async () => {
    const [one, other] = [await caller(), await caller()];
    one.peer.speak(440);
    await one.ep.bridge(other.ep);
    await hears(other.peer, 440);
    await one.ep.mute();
    await expect.poll(() => other.peer.share(440, 100), { timeout: 3000 }).toBeLessThan(0.1);
    await one.ep.unmute();
    await hears(other.peer, 440);
  });

  it('records, and says with the real words what it cannot', async () => {
    const { ep, peer } = await caller();
    peer.speak(440);
    const path = join(directory, 'recording.wav');
    const record = (what: string): Promise<string> =>
      ms.api(`uuid_record ${ep.uuid} ${what} ${path}`);
    await ep.set('RECORD_STEREO', 'true');
    expect(await record('start')).toBe('+OK Success\n');
    for (const what of ['mask', 'unmask']) expect(await record(what)).toBe('+OK Success\n');
    await pause(400);
    expect(await record('stop')).toBe('+OK Success\n');
    expect(existsSync(path)).toBe(true);
    expect(await record('stop')).toBe('-ERR Cannot stop record session!\n');
    expect(await ms.api(`uuid_record ${ep.uuid} start /nowhere/at/all.xyz`)).toBe(
      '-ERR Cannot record session!\n',
    );
  });

  it('tells the line in variables', async () => {
    const { ep, peer } = await caller();
    peer.speak(440);
    await pause(400);
    const variables = await ep.getChannelVariables(true);
    expect(Number(variables['variable_rtp_audio_in_packet_count'])).toBeGreaterThan(5);
    expect(variables['variable_dtmf_type']).toBe('rfc2833');
    expect(variables['variable_remote_media_port']).toBe(String(peer.port));
  });

  it('joins conferences, and leaves them', async () => {
    const [one, other] = [await caller(), await caller()];
    const room = `room-${one.ep.uuid}`;
    expect((await one.ep.join(room)).memberId).toBeGreaterThan(0);
    await other.ep.join(room);
    one.peer.speak(440);
    await hears(other.peer, 440);
    await one.ep.confMute();
    await expect.poll(() => other.peer.share(440, 100), { timeout: 3000 }).toBeLessThan(0.1);
    expect(await ms.api(`conference ${room} list count`)).toMatch(/^2/);
    await ms.api(`conference ${room} kick all`);
    await expect
      .poll(() => ms.api(`conference ${room} list`), { timeout: 3000 })
      .toMatch(/not found/);
  });

  it('ends an endpoint, and tells of one that was ended', async () => {
    const { ep } = await caller();
    await ep.destroy();
    const { ep: killed } = await caller();
    const gone = emitted(killed, 'destroy');
    await ms.api(`uuid_kill ${killed.uuid} USER_BUSY`);
    await gone;
    expect(await ms.api(`uuid_exists ${killed.uuid}`)).toBe('false');
  });
});
