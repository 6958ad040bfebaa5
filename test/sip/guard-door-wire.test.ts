import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { did } from '../../src/domain/numbers/did.js';
import type { CallGuard } from '../../src/sip/call-guard.js';
import { CallGuard as Guard } from '../../src/sip/call-guard.js';
import {
  newDrachtio,
  type Drachtio,
  type DrachtioDialog,
  type DrachtioRequest,
  type DrachtioResponse,
  type EngineSocket,
} from '../../src/sip/drachtio.js';
import { GuardDoor } from '../../src/sip/guard-door.js';
import { AGENT, CUSTOMER, pbxTrunk, trunk } from '../support/call-house.js';
import { FakeEngine } from '../support/fake-engine.js';
import { audio, party } from '../support/fake-sip-call.js';
import { recordingLog, recordingMetrics } from '../support/recording-telemetry.js';
import { invite } from '../support/sip-side.js';

/** The real drachtio-srf before an engine that the test plays, with or without the door. */
let engine: FakeEngine;
let srf: Drachtio;
let door: GuardDoor;
let leaked: number;
let uncaught: unknown[];
const onUncaught = (error: unknown): void => void uncaught.push(error);

const LEAK = { Subject: `call ${CUSTOMER}` };
/** The detector: what it sees has left the house. */
const seen = (): string[] =>
  engine.frames.filter(({ message }) => message.includes('5550142')).map(({ what }) => what);

async function connect(guarded: boolean): Promise<void> {
  await new Promise<void>((resolve) => {
    srf.on('connect', () => resolve());
    srf.connect({
      host: '127.0.0.1',
      port: engine.port,
      secret: 'cymru',
      enablePing: false,
      pingInterval: 15_000,
    });
    if (guarded) door.install(srf.app.client.wp);
  });
}

function guardedLegs(): CallGuard {
  const guard = new Guard([]);
  guard.arm({
    caller: [party(CUSTOMER)],
    callee: party(AGENT),
    calleeKnownToCaller: false,
    dids: [did('+14155550001')],
    trunks: { caller: trunk(), callee: pbxTrunk() },
    directMedia: true,
  });
  for (const callId of ['call-b', 'call-a']) {
    door.watch(callId, { guard, side: 'callee', leaked: () => (leaked += 1) });
  }
  return guard;
}

/** The INVITE of a caller under the Call-ID `call-a`, from someone who has no number. */
async function arrival(): Promise<{ req: DrachtioRequest; res: DrachtioResponse }> {
  const lines = ['From: <sip:anonymous@x>;tag=a', 'Contact: <sip:a@203.0.113.5>'];
  const arrived = new Promise<{ req: DrachtioRequest; res: DrachtioResponse }>((resolve) =>
    srf.use('invite', (req, res) => resolve({ req, res })),
  );
  engine.deliver(invite({ callId: 'call-a', lines }), 'txn-a');
  return arrived;
}

const socketOf = async (): Promise<EngineSocket> => (await arrival()).req.socket;

/** createUAC as DialedLeg calls it; answers its error or its dialog. */
function createUac(_socket: EngineSocket, headers: Record<string, string>): Promise<unknown> {
  return new Promise((resolve) => {
    srf.createUAC(
      'sip:agent.7731@198.51.100.7',
      { headers: { 'Call-ID': 'call-b', ...headers }, localSdp: audio('192.0.2.9'), _socket },
      { cbRequest: () => undefined, cbProvisional: () => undefined },
      (err, dialog) => resolve(err ?? dialog),
    );
  });
}

async function dialog(): Promise<DrachtioDialog> {
  const made = createUac(await socketOf(), {});
  const sent = await engine.take('INVITE');
  engine.respond(sent, '200', { body: audio('198.51.100.77') });
  await engine.take('ACK');
  return (await made) as DrachtioDialog;
}

beforeEach(async () => {
  engine = await FakeEngine.open();
  srf = newDrachtio();
  door = new GuardDoor(recordingMetrics(), recordingLog());
  leaked = 0;
  uncaught = [];
  process.on('uncaughtException', onUncaught);
  process.on('unhandledRejection', onUncaught);
  guardedLegs();
});

afterEach(async () => {
  srf.disconnect();
  await engine.close();
  process.off('uncaughtException', onUncaught);
  process.off('unhandledRejection', onUncaught);
  expect(uncaught).toEqual([]);
});

describe('a message that the door stops fails in drachtio-srf like any other that did not leave', () => {
  beforeEach(() => connect(true));

  it('INVITE: createUAC fails', async () => {
    const failure = await createUac(await socketOf(), LEAK);
    expect(String(failure)).toContain('stopped by the leak guard');
    expect([engine.sent, seen(), leaked]).toEqual([[], [], 1]);
  });

  it('200: createUAS fails, and a refusal can still be sent', async () => {
    const { req, res } = await arrival();
    const failure = await new Promise((resolve) => {
      srf.createUAS(req, res, { localSdp: audio('192.0.2.9'), headers: LEAK }, (err, uas) =>
        resolve(err ?? uas),
      );
    });
    expect(String(failure)).toContain('stopped by the leak guard');
    expect(engine.sent).toEqual([]);
    res.finished = false;
    res.send(500, 'Server Internal Error', { headers: {} });
    await engine.take('500');
    expect([seen(), leaked]).toEqual([[], 1]);
  });

  it('18x: nothing is heard, and the answer can still be sent', async () => {
    const { res } = await arrival();
    const failure = await new Promise((resolve) =>
      res.send(180, 'Ringing', { headers: LEAK }, (err) => resolve(err)),
    );
    expect(failure).toBe('stopped by the leak guard');
    res.send(486, 'Busy Here', { headers: {} });
    await engine.take('486');
    expect(engine.sent).toEqual(['486']);
  });

  it.each(['INVITE', 'UPDATE', 'INFO'])(
    '%s within the dialog: the request fails',
    async (method) => {
      const of = await dialog();
      const failure = await new Promise((resolve) =>
        of.request({ method, headers: LEAK }, (err, res) => resolve(err ?? res)),
      );
      expect(String(failure)).toContain('stopped by the leak guard');
      expect(of.connected).toBe(true);
      expect([engine.sent, seen(), leaked]).toEqual([['INVITE', 'ACK'], [], 1]);
    },
  );

  it('BYE: destroy calls back, and the dialog is taken for gone', async () => {
    const of = await dialog();
    const failure = await new Promise((resolve) => of.destroy({ headers: LEAK }, resolve));
    expect(String(failure)).toContain('stopped by the leak guard');
    expect(of.connected).toBe(false);
    expect([engine.sent, seen(), leaked]).toEqual([['INVITE', 'ACK'], [], 1]);
  });

  it('a good message after a bad one leaves as ever', async () => {
    const of = await dialog();
    await new Promise((resolve) => of.request({ method: 'INFO', headers: LEAK }, resolve));
    of.request({ method: 'INFO', headers: { Subject: 'digits' } }, () => undefined);
    await engine.take('INFO');
    expect(seen()).toEqual([]);
  });
});

describe('without the door', () => {
  beforeEach(() => connect(false));

  it('the same messages leave, and the detector sees each of them', async () => {
    void createUac(await socketOf(), LEAK);
    await engine.take('INVITE');
    expect(seen()).toEqual(['INVITE']);
  });

  it('also within a dialog', async () => {
    const of = await dialog();
    of.request({ method: 'INFO', headers: LEAK }, () => undefined);
    await engine.take('INFO');
    of.destroy({ headers: LEAK }, () => undefined);
    await engine.take('BYE');
    expect(seen()).toEqual(['INFO', 'BYE']);
  });
});
