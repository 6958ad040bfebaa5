import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Phone } from '../../src/phones/phone.js';
import { sdp } from '../../src/phones/sdp.js';
import { Daemon } from '../support/daemon.js';

const PIDF = '<presence entity="pres:caller"><gp:location-info/></presence>';

let psap: Phone;
let agent: Phone;
let daemon: Daemon;

beforeAll(async () => {
  psap = await Phone.open({ user: 'psap', host: '127.0.3.1' });
  agent = await Phone.open({ user: '+14155550177', host: '127.0.2.1' });
  const trunk = { media: 'direct', identity: { headers: ['from', 'pai'] } };
  daemon = await Daemon.start({
    tenants: [
      {
        id: 'acme',
        dids: ['+12025560001', '+12025560002'],
        carrier_trunk: 'psap',
        pbx_trunk: 'pbx',
        emergency: { action: 'route', trunk: 'psap' },
      },
    ],
    trunks: [
      {
        ...trunk,
        name: 'psap',
        role: 'carrier',
        sources: ['127.0.3.1'],
        targets: [`sip:${psap.hostPort}`],
      },
      {
        ...trunk,
        name: 'pbx',
        role: 'pbx',
        tenant: 'acme',
        sources: ['127.0.2.1'],
        targets: [`sip:${agent.hostPort}`],
        aor_domain: 'pbx.example',
      },
    ],
  });
});

afterAll(async () => {
  await daemon.stop();
  await psap.close();
  await agent.close();
});

describe('an emergency call with a trunk for it', () => {
  it.each(['urn:service:sos', 'urn:service:sos.fire'])('may name the service %s', async (uri) => {
    const call = agent.call({
      uri,
      peer: daemon.sip,
      from: '<sip:+14155550177@pbx.example>',
      body: sdp({ address: '198.51.100.20' }),
    });
    const incoming = await psap.nextCall();
    expect(incoming.invite.uri).toMatch(/^sip:911@/);
    expect(incoming.invite.get('To')).toContain(`<${uri}>`);
    expect(incoming.invite.get('From')).toContain('4155550177');
    incoming.refuse(486);
    await call.final();
  });

  it('reaches the call centre unmasked, with the location that came with it', async () => {
    const boundary = 'of-the-phone';
    const text = [
      `--${boundary}`,
      'Content-Type: application/sdp',
      '',
      sdp({ address: '198.51.100.20' }).text.trimEnd(),
      `--${boundary}`,
      'Content-Type: application/pidf+xml',
      'Content-ID: <here@phone.example>',
      '',
      PIDF,
      `--${boundary}--`,
      '',
    ].join('\r\n');
    const call = agent.call({
      uri: `sip:911@${daemon.sip.host}:${daemon.sip.port}`,
      peer: daemon.sip,
      from: '<sip:+14155550177@pbx.example>',
      lines: ['Geolocation: <cid:here@phone.example>', 'Geolocation-Routing: yes'],
      body: { type: `multipart/mixed;boundary=${boundary}`, text },
    });
    const incoming = await psap.nextCall();
    const { invite } = incoming;
    expect(invite.uri).toContain('911');
    expect(invite.get('From')).toContain('4155550177');
    expect(invite.get('Geolocation')).toBe('<cid:here@phone.example>');
    expect(invite.get('Content-Type')).toMatch(/^multipart\/mixed/);
    expect(invite.body).toContain('Content-ID: <here@phone.example>');
    expect(invite.body).toContain(PIDF);
    expect(invite.body).toContain('c=IN IP4 198.51.100.20');
    incoming.answer();
    await call.answered();
    await call.bye();
  });
});
