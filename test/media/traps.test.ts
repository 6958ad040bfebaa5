import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/boot/system-clock.js';
import type { MediaMetrics } from '../../src/media/media-metrics.js';
import { WatchedServers } from '../../src/media/media-servers.js';
import type { MediaEndpoint } from '../../src/flows/ports/media.js';
import { serverSettings } from '../support/media-side.js';
import { recordingLog, recordingMetrics } from '../support/recording-telemetry.js';
import { ScriptedMediaServer, type ScriptedChannel } from '../support/scripted-media-server.js';

const NEVER = new AbortController().signal;
const OFFER = 'v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio 4002 RTP/AVP 0\r\n';
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

let server: ScriptedMediaServer;
let servers: WatchedServers;
let log: ReturnType<typeof recordingLog>;
let lost: string[];

beforeEach(async () => {
  server = await ScriptedMediaServer.open();
  log = recordingLog();
  lost = [];
  servers = new WatchedServers([serverSettings(server.address)], {
    clock: systemClock(),
    log,
    metrics: recordingMetrics() as unknown as MediaMetrics,
    changed: () => undefined,
  });
});

afterEach(async () => {
  servers.stop();
  await server.die();
});

const start = (): Promise<void> => servers.start(server.sip);
const warnings = (): unknown[] => log.lines.flatMap(({ fields }) => fields['why'] ?? []);

async function endpoint(remoteSdp: string | undefined = OFFER): Promise<MediaEndpoint> {
  const listener = { digit: () => undefined, lost: (why: string) => void lost.push(why) };
  return servers.choose().openEndpoint({ remoteSdp, codecs: [], listener });
}

const channel = (): ScriptedChannel => server.channels.at(-1)!;
const silent = (): void => undefined;

describe('a server that cannot be used', () => {
  it('is sought with pauses, one connection after the other, and said once', async () => {
    server.password = 'another';
    await start();
    await sleep(1200);
    expect(warnings()).toEqual(['refuses our password']);
    expect(server.connections).toBeLessThanOrEqual(4);
    server.password = 'secret';
    await expect.poll(() => servers.up, { timeout: 5000 }).toBe(true);
  });

  it('has no profile of that name: it is said, and nothing is thrown', async () => {
    server.profile = 'internal';
    await start();
    expect(warnings()).toEqual(['has no such sofia profile']);
    expect(() => servers.choose()).toThrow('no-server');
  });

  it('loses its profile between two looks: nothing is thrown where nobody can catch it', async () => {
    let asked = 0;
    server.answer = (command) => {
      if (command === 'sofia status') asked += 1;
      return command === 'sofia status' && asked > 1 ? 'none' : server.usual(command);
    };
    await start();
    expect(warnings()).toEqual(['gives no answer']);
    server.answer = (command) => server.usual(command);
    await expect.poll(() => servers.up, { timeout: 5000 }).toBe(true);
  });

  it('is not there: nothing piles up, and it is found when it comes', async () => {
    await server.die();
    await start();
    expect(warnings()).toEqual(['cannot be reached: ECONNREFUSED']);
    await sleep(600);
    await server.come();
    await expect.poll(() => servers.up, { timeout: 5000 }).toBe(true);
    // One to look, and the one that stays.
    expect(server.connections).toBe(2);
  });

  it('takes no calls while it says so', async () => {
    await start();
    server.answer = (command) =>
      command === 'status' ? 'FreeSWITCH is not ready\n' : server.usual(command);
    await expect.poll(() => servers.up, { timeout: 4000 }).toBe(false);
    expect(() => servers.choose()).toThrow('no-server');
    server.answer = (command) => server.usual(command);
    await expect.poll(() => servers.up, { timeout: 4000 }).toBe(true);
  });
});

describe('an endpoint that does not come', () => {
  it('is refused when nothing connects to us, and its dialog that cannot be ended hurts nobody', async () => {
    await start();
    server.invite = 'answer, and connect to nobody';
    await expect(endpoint()).rejects.toMatchObject({ why: 'no-endpoint' });
  });

  it('is refused when the server has too many, and the next call goes elsewhere', async () => {
    await start();
    server.invite = 503;
    await expect(endpoint()).rejects.toMatchObject({ why: 'no-endpoint', message: /SIP 503/ });
  });

  it('is refused when only SRTP is offered', async () => {
    await start();
    server.offer = 'v=0\r\nm=audio 4000 RTP/SAVP 0\r\na=crypto:1 AES inline:x\r\n';
    const request = { remoteSdp: undefined, codecs: [], listener: { digit: silent, lost: silent } };
    await expect(servers.choose().openEndpoint(request)).rejects.toMatchObject({
      why: 'no-endpoint',
    });
  });
});

describe('an offer of the server', () => {
  it('is taken without its keys, and answered by neither SRTP nor audio to itself', async () => {
    await start();
    server.offer =
      'v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio 4000 RTP/SAVP 0\r\na=crypto:1 AES inline:x\r\nm=audio 4000 RTP/AVP 0\r\na=sendrecv\r\n';
    const request = { remoteSdp: undefined, codecs: [], listener: { digit: silent, lost: silent } };
    const opened = await servers.choose().openEndpoint(request);
    expect(opened.localSdp).not.toMatch(/crypto|SAVP/);
    expect(server.acks).toEqual([
      'v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio 0 RTP/SAVP 0\r\nm=audio 4000 RTP/AVP 0\r\na=inactive\r\n',
    ]);
  });
});

describe('what the server never answers', () => {
  it('ends with the channel, when it goes without having told of the end', async () => {
    await start();
    const one = await endpoint();
    server.execute = silent;
    const playing = one.play([{ is: 'beep' }], NEVER);
    await sleep(50);
    channel().socket.destroy();
    await expect(playing).rejects.toMatchObject({ why: 'gone' });
    expect(lost).toEqual(['server-lost']);
  });

  it('ends with time, when a channel carries out nothing', async () => {
    await start();
    const one = await endpoint();
    server.execute = silent;
    await expect(one.play([{ is: 'beep' }], NEVER)).rejects.toMatchObject({ why: 'not-played' });
  });

  it('is not taken for the answer to the next question', async () => {
    await start();
    const one = await endpoint();
    server.answer = (command) =>
      command.startsWith('uuid_bridge') ? undefined : server.usual(command);
    await expect(one.bridge(await endpoint())).rejects.toMatchObject({ why: 'not-bridged' });
    // The connection is given up, for every answer on it could be that to another command.
    await expect(one.unbridge()).rejects.toMatchObject({ why: 'gone' });
  });

  it('costs the connection, and there is a new one as soon as it answers', async () => {
    await start();
    await endpoint();
    server.answer = () => undefined;
    await expect.poll(() => servers.up, { timeout: 5000 }).toBe(false);
    server.answer = (command) => server.usual(command);
    await expect.poll(() => servers.up, { timeout: 5000 }).toBe(true);
    await expect(endpoint()).resolves.toBeDefined();
  });
});

describe('a server that is lost', () => {
  it('takes its endpoints along within seconds', async () => {
    await start();
    await endpoint();
    await server.die();
    await expect.poll(() => lost, { timeout: 4000 }).toEqual(['server-lost']);
  });

  it('keeps them when it was but our connection, and it still has the channels', async () => {
    await start();
    const one = await endpoint();
    await server.loseControl();
    await expect.poll(() => servers.up, { timeout: 4000, interval: 5 }).toBe(false);
    await expect.poll(() => servers.up, { timeout: 4000 }).toBe(true);
    await sleep(2300);
    expect(lost).toEqual([]);
    // One to look and one that stays, both times: nothing else has sought the server.
    expect(server.connections).toBe(4);
    await expect(one.unbridge()).resolves.toBeUndefined();
  });

  it('loses them when it came back without the channels', async () => {
    await start();
    await endpoint();
    server.answer = (command) =>
      command.startsWith('uuid_exists') ? 'false' : server.usual(command);
    await server.loseControl();
    await expect.poll(() => lost, { timeout: 4000 }).toEqual(['server-lost']);
  });
});

describe('what cannot be read', () => {
  it('ends that connection and nothing else', async () => {
    await start();
    await endpoint();
    channel().socket.write('Reply-Text: 100% wrong\n\n');
    await expect.poll(() => lost, { timeout: 4000 }).toEqual(['server-lost']);
    channel().socket.write('Content-Length: 2\nContent-Type: text/event-json\n\n{]');
    expect(servers.up).toBe(true);
    await expect(endpoint()).resolves.toBeDefined();
  });
});

describe('commands', () => {
  it('have RTP headers written anew before the first call, which a FreeSWITCH would pass on', async () => {
    await start();
    expect(server.commands).toContain('api global_setvar rtp_rewrite_timestamps=true');
  });

  it('set no channel variable of playback that would stick', async () => {
    await start();
    const one = await endpoint();
    const answered = one.play([{ is: 'beep' }, { is: 'silence', length: 20 as never }], NEVER);
    await expect(answered).resolves.toBe('played');
    expect(channel().commands.join('\n')).not.toMatch(/playback_(?:delimiter|timeout)/);
    expect(channel().commands).toContain('linger 2');
  });

  it('record by the one that tells whether it runs, both channels, short calls too', async () => {
    await start();
    const one = await endpoint();
    server.answer = (command) =>
      command.startsWith('uuid_record') ? '-ERR Cannot record session!\n' : server.usual(command);
    await expect(one.record('/tmp/x.wav')).rejects.toMatchObject({ why: 'not-recorded' });
    const set = channel().commands.find((command) => command.includes('uuid_setvar_multi'));
    expect(set).toMatch(/RECORD_STEREO=true;RECORD_MIN_SEC=0/);
  });

  it('end a conference by hanging up its members, not its channel', async () => {
    await start();
    await servers.choose().conference('room-1').end();
    expect(server.commands).toContain('api conference room-1 hup all');
  });
});
