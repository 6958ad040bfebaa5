import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emitted, onRealServer, pause, TestEngine, type AppDialog } from '../engine.js';
import { RawCall, RawUa, sdp } from '../raw-ua.js';

describe('an application that bridges two calls', () => {
  let engine: TestEngine;
  let alice: RawUa;
  let bob: RawUa;
  let bridges: { uas: AppDialog; uac: AppDialog }[];

  beforeEach(async () => {
    engine = await TestEngine.start();
    alice = await RawUa.open({ user: 'alice' });
    bob = await RawUa.open({ user: 'bob' });
    bridges = [];
    const app = await engine.app({
      invite: async (request, response) => {
        try {
          const bridge = await app.createB2BUA(request, response, bob.uri, {});
          bridges.push(bridge);
          bridge.uas.on('destroy', () => void bridge.uac.destroy().catch(() => undefined));
          bridge.uac.on('destroy', () => void bridge.uas.destroy().catch(() => undefined));
        } catch {
          // The failure has gone to the caller already.
        }
      },
    });
  });

  afterEach(async () => {
    await alice.close();
    await bob.close();
    await engine.stop();
  });

  it('carries ringing, answer and the end from either side', async () => {
    for (const side of ['caller', 'callee']) {
      const call = RawCall.to(alice, engine.sipPort);
      await call.request('INVITE', { body: sdp });
      const invite = await bob.expect('INVITE');
      const leg = RawCall.from(bob, engine.sipPort, invite);
      expect(leg.callId).not.toBe(call.callId);
      await leg.respond(invite, '180 Ringing');
      await alice.expect(180);
      await leg.respond(invite, '200 OK', { body: sdp.replace('6000', '6600') });
      const ok = await alice.expect(200);
      expect(ok.body).toContain('6600');
      call.learn(ok);
      await call.ack();
      await bob.expect('ACK');
      await pause(60);
      const [ending, other] = side === 'caller' ? [call, leg] : [leg, call];
      await ending.request('BYE');
      await ending.ua.expect(200);
      await other.respond(await other.ua.expect('BYE'), '200 OK');
    }
    expect(bridges).toHaveLength(2);
  });

  it('passes a busy callee on', async () => {
    const call = RawCall.to(alice, engine.sipPort);
    await call.request('INVITE', { body: sdp });
    const invite = await bob.expect('INVITE');
    await RawCall.from(bob, engine.sipPort, invite).respond(invite, '486 Busy Here');
    const busy = await alice.expect(486);
    call.remote = busy.header('to');
    await call.request('ACK', { branch: call.branch });
  });

  it('cancels the callee when the caller gives up', async () => {
    const call = RawCall.to(alice, engine.sipPort);
    await call.request('INVITE', { body: sdp });
    const invite = await bob.expect('INVITE');
    const leg = RawCall.from(bob, engine.sipPort, invite);
    await leg.respond(invite, '180 Ringing');
    await alice.expect(180);
    await call.request('CANCEL', { branch: call.branch });
    call.remote = (await alice.expect(487)).header('to');
    await call.request('ACK', { branch: call.branch });
    const cancel = await bob.expect('CANCEL');
    await leg.respond(cancel, '200 OK');
    await leg.respond(invite, '487 Request Terminated');
    await bob.expect('ACK');
  });

  it('negotiates a delayed offer through both calls', async () => {
    const call = RawCall.to(alice, engine.sipPort);
    await call.request('INVITE');
    const invite = await bob.expect('INVITE');
    expect(invite.body).toBe('');
    const leg = RawCall.from(bob, engine.sipPort, invite);
    await leg.respond(invite, '200 OK', { body: sdp.replace('6000', '6600') });
    const ok = await alice.expect(200);
    expect(ok.body).toContain('6600');
    call.learn(ok);
    await call.ack(sdp.replace('6000', '6700'));
    expect((await bob.expect('ACK')).body).toContain('6700');
  });

  it('survives both sides hanging up at once', async () => {
    const call = RawCall.to(alice, engine.sipPort);
    await call.request('INVITE', { body: sdp });
    const invite = await bob.expect('INVITE');
    const leg = RawCall.from(bob, engine.sipPort, invite);
    await leg.respond(invite, '200 OK', { body: sdp });
    call.learn(await alice.expect(200));
    await call.ack();
    await bob.expect('ACK');
    await pause(60);
    const ended = emitted(bridges[0]!.uas, 'destroy');
    await Promise.all([call.request('BYE'), leg.request('BYE')]);
    await ended;
    await alice.expect(200);
    await bob.expect(200);
    expect(onRealServer || !bridges[0]!.uac.connected).toBe(true);
  });
});
