import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Call, pcmuOffer } from '../embedded/media-server/caller.js';
import { Controller } from '../embedded/media-server/event-socket-client.js';
import { RawUa } from '../embedded/sip-server/raw-ua.js';
import { startTestMediaServer, type TestMediaServer } from '../support/embedded-media-server.js';
import { openMediaSide, serverSettings, type MediaSide } from '../support/media-side.js';

const KEY = 'known to whoever started the server';

/** An embedded media server that takes nobody's calls but ours. */
let server: TestMediaServer;

beforeEach(async () => {
  server = await startTestMediaServer({ sip: { address: '127.0.0.1', port: 0, key: KEY } });
});
afterEach(() => server.stop());

describe('an INVITE to a media server with a key', () => {
  let ua: RawUa;
  let controller: Controller;

  beforeEach(async () => {
    ua = await RawUa.open();
    controller = await Controller.open();
  });
  afterEach(async () => {
    controller.close();
    await ua.close();
  });

  const proof = (key: string, outbound: string): string =>
    createHmac('sha256', key).update(`drachtio-fsmrf:${UUID}\n${outbound}`).digest('hex');
  const UUID = '00000000-0000-4000-8000-000000000001';
  const place = (outbound: string, headers: readonly string[]): Promise<void> =>
    new Call(ua, server.sipPort).invite({
      userAgent: `drachtio-fsmrf:${UUID}`,
      outbound,
      sdp: pcmuOffer(),
      headers: [...headers],
    });

  it.each([
    ['without a proof', () => []],
    ['with another key’s proof', (to: string) => [`X-esl-proof: ${proof('guessed', to)}`]],
    ['with a proof for another host', () => [`X-esl-proof: ${proof(KEY, '127.0.0.1:1')}`]],
    ['with half a proof', (to: string) => [`X-esl-proof: ${proof(KEY, to).slice(0, 32)}`]],
    ['with no hex at all', () => ['X-esl-proof: please']],
  ])('%s is refused, and nobody is given the event socket', async (_, headers) => {
    await place(controller.address, headers(controller.address));
    await ua.expect(403);
    expect(controller.waiting).toBe(0);
  });

  it('with the proof is taken', async () => {
    await place(controller.address, [`X-esl-proof: ${proof(KEY, controller.address)}`]);
    await ua.expect(200);
    await controller.control();
  });
});

describe('our INVITEs', () => {
  let side: MediaSide;
  afterEach(() => side.close());

  const open = (key: string | undefined): Promise<MediaSide> => {
    const { address, ...settings } = serverSettings(server);
    return openMediaSide([{ ...settings, address: { ...address, ...(key && { key }) } }]);
  };
  const endpoint = async (): Promise<string> => {
    const request = {
      remoteSdp: pcmuOffer(),
      codecs: [],
      listener: { digit: () => undefined, lost: () => undefined },
    };
    const opened = await side.servers.choose().openEndpoint(request);
    opened.release();
    return opened.localSdp;
  };

  it('prove that they are ours', async () => {
    side = await open(KEY);
    expect(await endpoint()).toContain('m=audio');
  });

  it('are nothing to a server whose key is another', async () => {
    side = await open('another');
    await expect(endpoint()).rejects.toThrow('no-endpoint');
  });

  it('are nothing to a server whose key we do not know', async () => {
    side = await open(undefined);
    await expect(endpoint()).rejects.toThrow('no-endpoint');
  });
});
