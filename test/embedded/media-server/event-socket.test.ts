import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestMediaServer, type TestMediaServer } from '../../support/embedded-media-server.js';
import { EventSocketClient } from './event-socket-client.js';

let server: TestMediaServer;

beforeAll(async () => {
  const limits = { heartbeatMs: 50, eslConnections: 8, authMs: 300, commandBytes: 4_096 };
  server = await startTestMediaServer({ limits });
});

afterAll(() => server.stop());

const open = (password?: string): Promise<EventSocketClient> =>
  EventSocketClient.open(server.port, password);

describe('the event socket', () => {
  it('asks for the password, and takes commands from then on', async () => {
    const client = await open();
    expect(client.heard[0]?.type).toBe('auth/request');
    expect((await client.command('api status')).reply).toBe('-ERR command not found');
    expect((await client.command('auth ClueCon')).reply).toBe('+OK accepted');
    expect(await client.api('status')).toMatch(/ is ready\n[\s\S]*^1000 session\(s\) max$/m);
    expect((await client.command('exit')).reply).toBe('+OK bye');
    expect((await client.next()).type).toBe('text/disconnect-notice');
    await client.end();
  });

  it('hangs up on a wrong password, and on who says nothing for long', async () => {
    const client = await open();
    expect((await client.command('auth nope')).reply).toBe('-ERR invalid');
    expect((await client.next()).type).toBe('text/disconnect-notice');
    await client.end();
    const silent = await open();
    await silent.end();
  });

  it('answers in order, however the commands are cut into pieces', async () => {
    const client = await open('ClueCon');
    for (const piece of [
      'api crea',
      'te_uuid\n',
      '\nap',
      'i nosuch thing\r\n',
      '\r\n\n',
      'api version\n\n',
    ]) {
      client.write(piece);
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    const answers = [await client.next(), await client.next(), await client.next()];
    expect(answers.map(({ body }) => body)).toEqual([
      expect.stringMatching(/^[0-9a-f-]{36}$/),
      '-ERR nosuch Command not found!\n',
      expect.stringContaining('FreeSWITCH Version'),
    ]);
    client.socket.destroy();
  });

  it('names its SIP address where drachtio-fsmrf looks for it', async () => {
    const client = await open('ClueCon');
    expect(await client.api('sofia status')).toMatch(
      new RegExp(
        `^\\s*drachtio_mrf\\s.*sip:mod_sofia@127\\.0\\.0\\.1:${String(server.sipPort)}`,
        'm',
      ),
    );
    client.socket.destroy();
  });

  it('says of channels that are not there what FreeSWITCH says', async () => {
    const client = await open('ClueCon');
    const said = {
      'uuid_break nope': '-ERR No such channel!\n',
      'uuid_kill nope': '-ERR No such channel!\n',
      'uuid_getvar nope x': '-ERR No such channel!\n',
      'uuid_dump nope': '-ERR No such channel!\n',
      'uuid_transfer nope -both park inline': '-ERR No such channel!\n',
      'uuid_bridge nope nada': '-ERR Invalid uuid\n',
      'uuid_record nope start /tmp/x.wav': '-ERR Cannot locate session!\n',
      'uuid_send_dtmf nope 1': '-ERR Cannot locate session!\n',
      'uuid_set_media_stats nope': '-ERR No such channel nope!\n',
      'uuid_exists nope': 'false',
      uuid_kill: '-USAGE: <uuid> [cause]\n',
      'show channels count': '\n0 total.\n',
      'conference nope list': '-ERR Conference nope not found\n',
      'conference list': '+OK No active conferences.\n',
      constructor: '-ERR constructor Command not found!\n',
    };
    for (const [command, answer] of Object.entries(said)) {
      expect([command, await client.api(command)]).toEqual([command, answer]);
    }
    client.socket.destroy();
  });

  it('beats as a heart does for those who listen, and for nobody else', async () => {
    const client = await open('ClueCon');
    const deaf = await open('ClueCon');
    expect((await client.command('event json HEARTBEAT')).reply).toBe(
      '+OK event listener enabled json',
    );
    expect(await client.event('HEARTBEAT')).toMatchObject({
      'Session-Count': '0',
      'Max-Sessions': '1000',
      'Idle-CPU': expect.stringMatching(/^\d+\.\d+$/) as string,
      'FreeSWITCH-Hostname': expect.any(String) as string,
    });
    expect((await client.command('filter Unique-ID x')).reply).toBe(
      '+OK filter added. [Unique-ID]=[x]',
    );
    const heard = client.heard.length;
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(client.heard.length).toBe(heard);
    expect(deaf.heard.filter(({ type }) => type.startsWith('text/event'))).toEqual([]);
    client.socket.destroy();
    deaf.socket.destroy();
  });

  it('tells the end of a job in the background', async () => {
    const client = await open('ClueCon');
    await client.command('event json BACKGROUND_JOB');
    const { reply } = await client.command('bgapi hostname\nJob-UUID: 42');
    expect(reply).toBe('+OK Job-UUID: 42');
    const job = await client.event('BACKGROUND_JOB', { 'Job-UUID': '42' });
    expect(job['_body']).not.toBe('');
    client.socket.destroy();
  });
});

describe('a hostile event socket client', () => {
  const lives = async (): Promise<void> => {
    const client = await open('ClueCon');
    expect(await client.api('uuid_exists x')).toBe('false');
    client.socket.destroy();
  };

  it('is dropped for a command without end', async () => {
    const client = await open();
    client.write(`auth ${'x'.repeat(10_000)}`);
    await client.end();
    await lives();
  });

  it('is dropped for a body beyond the limit', async () => {
    const client = await open('ClueCon');
    client.write('sendmsg x\nContent-Length: 999999999\n\n');
    await client.end();
    await lives();
  });

  it('is not let in when there are too many', async () => {
    const clients = await Promise.all(Array.from({ length: 8 }, () => open()));
    await expect(
      Promise.race([
        open(),
        new Promise((_, fail) => setTimeout(() => fail(new Error('shut')), 200)),
      ]),
    ).rejects.toThrow('shut');
    for (const client of clients) client.socket.destroy();
    await Promise.all(clients.map((client) => client.end()));
    await lives();
  });
});
