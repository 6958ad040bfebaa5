import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestMediaServer, type TestMediaServer } from '../../support/embedded-media-server.js';
import { RawUa } from '../sip-server/raw-ua.js';
import { Call, pcmuOffer } from './caller.js';
import { Controller, EventSocketClient } from './event-socket-client.js';

let server: TestMediaServer;
let controller: Controller;
let ua: RawUa;

beforeAll(async () => {
  // Short timers, so that an ACK that never comes is missed soon.
  const timers = { t1: 20, t2: 80, t4: 100 };
  server = await startTestMediaServer({ timers, limits: { sessions: 2, connectMs: 200 } });
  controller = await Controller.open();
});

beforeEach(async () => {
  ua = await RawUa.open();
});

afterEach(async () => {
  const admin = await EventSocketClient.open(server.port, 'ClueCon');
  await admin.api('hupall');
  await expect.poll(() => admin.api('show channels count')).toBe('\n0 total.\n');
  admin.socket.destroy();
  await ua.close();
});

afterAll(async () => {
  controller.close();
  await server.stop();
});

const call = (): Call => new Call(ua, server.sipPort);

describe('an INVITE', () => {
  it('with an offer is answered, and the channel calls its application', async () => {
    const party = call();
    await party.invite({ outbound: controller.address, sdp: pcmuOffer() });
    const ok = await party.answered();
    expect(ok.body).toMatch(/^m=audio \d+ RTP\/AVP 0 101\r$/m);
    const { data, uuid } = await controller.control();
    expect(uuid).toMatch(/^[0-9a-f-]{36}$/);
    const told = (name: string): string => decodeURIComponent(data.headers.get(name) ?? '');
    expect(told('Event-Name')).toBe('CHANNEL_DATA');
    expect(data.reply).toBe('%2BOK%0A');
    expect(told('Control')).toBe('full');
    expect(told('variable_sip_user_agent')).toMatch(/^drachtio-fsmrf:/);
    expect(told('variable_rtp_local_sdp_str')).toBe(ok.body);
    expect(told('variable_switch_r_sdp')).toBe(pcmuOffer());
    expect(told('variable_sip_call_id')).toBe(party.id);
    expect(told('variable_dtmf_type')).toBe('rfc2833');
    expect(told('variable_remote_media_port')).toBe('39998');
    await party.bye();
    await ua.expect(200);
  });

  it('without one is offered to, and the ACK answers', async () => {
    const party = call();
    await party.invite({ outbound: controller.address });
    const ok = await party.answered(pcmuOffer(39_990));
    expect(ok.body).toMatch(/^m=audio \d+ RTP\/AVP 0 8 101\r$/m);
    const { control, uuid } = await controller.control();
    await expect.poll(() => control.api(`uuid_getvar ${uuid} remote_media_port`)).toBe('39990');
  });

  it('comes by TCP as well', async () => {
    await ua.close();
    ua = await RawUa.open({ protocol: 'tcp' });
    const party = call();
    const padding = `a=x-padding:${'x'.repeat(1500)}\r\n`;
    await party.invite({ outbound: controller.address, sdp: pcmuOffer(39_998, padding) });
    await party.answered();
    await controller.control();
    await party.bye();
    await ua.expect(200);
  });

  it.each([
    ['of anybody else', { userAgent: 'phone', outbound: '127.0.0.1:1' }, 403],
    ['that names no application', { sdp: pcmuOffer() }, 403],
    ['that would have us knock elsewhere', { outbound: '192.0.2.1:8021', sdp: pcmuOffer() }, 403],
    ['that would have us knock at a name', { outbound: 'localhost:8021', sdp: pcmuOffer() }, 403],
    ['that names no port', { outbound: '127.0.0.1', sdp: pcmuOffer() }, 403],
    ['with secured audio only', { sdp: pcmuOffer().replace('/AVP', '/SAVP') }, 488],
    ['with a description that is none', { sdp: 'hello' }, 488],
    ['that requires what we have not', { headers: ['Require: 100rel'] }, 420],
    ['with codecs that cannot be read', { headers: ['X-Offer-Codecs: ?'] }, 400],
  ] as const)('%s is refused', async (_, invite, status) => {
    const withHome = status === 403 ? invite : { outbound: controller.address, ...invite };
    await call().invite(withHome);
    await ua.expect(status);
    expect(controller.waiting).toBe(0);
  });

  it('beyond the most sessions is refused', async () => {
    for (let made = 0; made < 2; made += 1) {
      const party = call();
      await party.invite({ outbound: controller.address, sdp: pcmuOffer() });
      await party.answered();
      await controller.control();
    }
    await call().invite({ outbound: controller.address, sdp: pcmuOffer() });
    await ua.expect(503);
  });

  it('whose application is not there is hung up again', async () => {
    const party = call();
    await party.invite({ outbound: '127.0.0.1:1', sdp: pcmuOffer() });
    await party.answered();
    await party.byeComes();
  });

  it('that is never acknowledged is hung up', async () => {
    const party = call();
    await party.invite({ outbound: controller.address, sdp: pcmuOffer() });
    await ua.expect(200);
    await controller.control();
    await ua.expect('BYE');
    expect(ua.count(200)).toBeGreaterThan(2);
  });
});

describe('a call', () => {
  const open = async () => {
    const party = call();
    await party.invite({ outbound: controller.address, sdp: pcmuOffer() });
    await party.answered();
    return { party, ...(await controller.control()) };
  };

  it('takes another description, and keeps the old one when the new one is no good', async () => {
    const { party, control, uuid } = await open();
    const port = (): Promise<string> => control.api(`uuid_getvar ${uuid} remote_media_port`);
    await party.invite({ sdp: pcmuOffer(39_980) });
    await party.answered();
    expect(await port()).toBe('39980');
    await party.invite({ sdp: pcmuOffer().replace('/AVP', '/SAVP') });
    await ua.expect(488);
    expect(await port()).toBe('39980');
    await party.invite({});
    const ours = await party.answered(pcmuOffer(39_970));
    expect(ours.body).toContain('m=audio');
    await expect.poll(port).toBe('39970');
  });

  it('ends with a BYE of the party, and its application hears how', async () => {
    const { party, control, uuid } = await open();
    await control.command(
      `sendmsg ${uuid}\ncall-command: execute\nexecute-app-name: sleep\nexecute-app-arg: 60000\nEvent-UUID: 7`,
    );
    await party.bye();
    await ua.expect(200);
    const over = await control.event('CHANNEL_EXECUTE_COMPLETE', { 'Application-UUID': '7' });
    expect(over['Application']).toBe('sleep');
    const hangup = await control.event('CHANNEL_CALLSTATE', { 'Channel-Call-State': 'HANGUP' });
    expect(hangup['Hangup-Cause']).toBe('NORMAL_CLEARING');
    await control.next(({ type }) => type === 'text/disconnect-notice');
    await control.end();
  });

  it('ends with a BYE of ours when it is told to, and lingers when asked', async () => {
    const { party, control, uuid } = await open();
    expect((await control.command('linger 1')).reply).toBe('+OK will linger 1 seconds');
    await control.command(
      `sendmsg ${uuid}\ncall-command: execute\nexecute-app-name: hangup\nexecute-app-arg: USER_BUSY`,
    );
    const bye = await party.byeComes();
    expect(bye.header('Reason')).toBe('Q.850;cause=17;text="USER_BUSY"');
    const notice = await control.next(({ type }) => type === 'text/disconnect-notice');
    expect(notice.headers.get('Content-Disposition')).toBe('linger');
    expect(control.closed).toBe(false);
    await control.end();
  });

  it('ends when its application goes away', async () => {
    const { party, control } = await open();
    control.socket.destroy();
    await party.byeComes();
  });

  it('keeps variables, and shows them', async () => {
    const { control, uuid } = await open();
    const run = (app: string, arg: string): Promise<unknown> =>
      control.command(
        `sendmsg\ncall-command: execute\nexecute-app-name: ${app}\nexecute-app-arg: ${arg}`,
      );
    await run('set', 'a=1');
    await run('multiset', '^^;b=2;c=3 4');
    await control.api(`uuid_setvar ${uuid} d 5 6`);
    await control.api(`uuid_setvar_multi ${uuid} e=7;f=8`);
    await run('unset', 'b');
    const dump = await control.api(`uuid_dump ${uuid}`);
    const shown = [...dump.matchAll(/^variable_([a-f]): (.*)$/gm)].map(([, n, v]) => `${n}=${v}`);
    expect(shown).toEqual(['a=1', 'c=3%204', 'd=5%206', 'e=7', 'f=8']);
    expect(await control.api(`uuid_getvar ${uuid} b`)).toBe('_undef_');
  });

  it('says of an application that it has not that there is none', async () => {
    const { control, uuid } = await open();
    await control.command(
      `sendmsg ${uuid}\ncall-command: execute\nexecute-app-name: lua\nEvent-UUID: 9`,
    );
    const over = await control.event('CHANNEL_EXECUTE_COMPLETE', { 'Application-UUID': '9' });
    expect(over['Application-Response']).toBe('-ERR invalid application');
    expect((await control.command('sendmsg nope\ncall-command: execute')).reply).toBe(
      '-ERR invalid session id [nope]',
    );
  });
});

describe('a stranger on SIP', () => {
  it('is answered without being remembered', async () => {
    await call().request('OPTIONS');
    expect((await ua.expect(200)).header('Allow')).toContain('INVITE');
    await call().request('BYE');
    await ua.expect(481);
    await call().request('REGISTER');
    await ua.expect(405);
  });

  it('cancels nothing that is not there', async () => {
    await call().request('CANCEL');
    await ua.expect(481);
  });
});
