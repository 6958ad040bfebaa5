import { describe, expect, it } from 'vitest';
import { millis } from '../../src/domain/time.js';
import { MediaFailed, type Sound } from '../../src/flows/ports/media.js';
import { NEVER, sleep, type MediaLegs } from '../support/media-legs.js';
import { RtpPeer } from '../support/rtp-peer.js';

/** What an endpoint keeps to by itself. */
export function describeEndpoints(legs: MediaLegs): void {
  describe('an endpoint', () => {
    it('answers an offer with a description of its own, plain RTP', async () => {
      const { endpoint, peer } = await legs.caller();
      expect(endpoint.localSdp).toMatch(/^m=audio \d+ RTP\/AVP 0/m);
      expect(endpoint.localSdp).not.toContain(`m=audio ${peer.port} `);
      expect(endpoint.localSdp).not.toContain('a=crypto');
    });

    it('offers plain RTP where nobody has offered, and takes the answer', async () => {
      const { endpoint, peer } = await legs.callee();
      expect(endpoint.localSdp).toMatch(/^m=audio \d+ RTP\/AVP /m);
      expect(endpoint.localSdp.match(/^m=/gm)).toHaveLength(1);
      expect(endpoint.localSdp).not.toContain('a=crypto');
      endpoint.play([{ is: 'ringback', country: 'DE' }], NEVER).catch(() => undefined);
      await legs.hears(peer, 425);
    });

    it('follows the party to another address', async () => {
      const { endpoint } = await legs.caller();
      const moved = await RtpPeer.open();
      moved.sendTo(await endpoint.modify(moved.sdp));
      await endpoint.play([{ is: 'beep' }, { is: 'silence', length: millis(200) }], NEVER);
      expect(moved.packets).toBeGreaterThan(5);
      moved.close();
    });

    it('goes on after a description that was refused', async () => {
      const { endpoint, peer } = await legs.caller();
      const srtp = peer.sdp.replace('RTP/AVP', 'RTP/SAVP');
      await expect(endpoint.modify(srtp)).rejects.toThrow(MediaFailed);
      await expect(endpoint.modify(peer.sdp)).resolves.toContain('m=audio');
    });

    it('is gone when it is released, and says so to whoever asks then', async () => {
      const { endpoint, heard } = await legs.caller();
      endpoint.release();
      endpoint.release();
      await expect(endpoint.play([{ is: 'beep' }], NEVER)).rejects.toMatchObject({ why: 'gone' });
      await expect(endpoint.mute(true)).rejects.toMatchObject({ why: 'gone' });
      await expect(endpoint.record(legs.path('late.wav'))).rejects.toMatchObject({
        why: 'gone',
      });
      await sleep(300);
      expect(heard.losses).toEqual([]);
    });

    it('tells how the line was', async () => {
      const { endpoint, peer } = await legs.caller();
      peer.speak(440);
      await sleep(400);
      const quality = await endpoint.quality();
      expect(quality?.packetsReceived).toBeGreaterThan(5);
      expect(quality?.packetsLost).toBeLessThan(5);
    });
  });

  describe('playing', () => {
    it('plays a file and says when it has ended', async () => {
      const { endpoint, peer } = await legs.caller();
      const played = endpoint.play([legs.tone('a.wav', 600, 500)], NEVER);
      await legs.hears(peer, 600);
      await expect(played).resolves.toBe('played');
    });

    it('plays one after the other without a gap', async () => {
      const { endpoint, peer } = await legs.caller();
      const sounds = [legs.tone('b.wav', 500, 400), legs.tone('c.wav', 900, 400)];
      await endpoint.play([{ is: 'beep' }], NEVER);
      peer.forget();
      await endpoint.play(sounds, NEVER);
      await sleep(60);
      expect(peer.sounded).toBeLessThan(800 + 60);
      expect(peer.sounded).toBeGreaterThan(700);
      expect(peer.share(500, 10_000)).toBeGreaterThan(0.1);
      expect(peer.share(900, 10_000)).toBeGreaterThan(0.1);
    });

    it('rings as in the country until it is stopped', async () => {
      const { endpoint, peer } = await legs.caller();
      const stop = new AbortController();
      const ringing = endpoint.play([{ is: 'ringback', country: 'DE' }], stop.signal);
      await legs.hears(peer, 425);
      stop.abort();
      await expect(ringing).resolves.toBe('stopped');
      await legs.hearsNothingOf(peer, 425);
    });

    it('stops what it was told to stop before it had begun', async () => {
      const { endpoint, peer } = await legs.caller();
      const stop = new AbortController();
      const ringing = endpoint.play([{ is: 'ringback', country: 'DE' }], stop.signal);
      stop.abort();
      await expect(ringing).resolves.toBe('stopped');
      await sleep(300);
      await legs.hearsNothingOf(peer, 425);
      await expect(endpoint.play([{ is: 'beep' }], NEVER)).resolves.toBe('played');
    });

    it('plays nothing when the stop came first', async () => {
      const { endpoint } = await legs.caller();
      await expect(endpoint.play([{ is: 'beep' }], AbortSignal.abort())).resolves.toBe('stopped');
    });

    it('says that a file is not there, also in the midst of others', async () => {
      const { endpoint } = await legs.caller();
      const missing: Sound = { is: 'file', path: legs.path('nothing.wav') };
      const failed = { why: 'not-played' };
      await expect(endpoint.play([missing], NEVER)).rejects.toMatchObject(failed);
      const among = [legs.tone('d.wav', 700, 100), missing, legs.tone('e.wav', 700, 100)];
      await expect(endpoint.play(among, NEVER)).rejects.toMatchObject(failed);
    });

    it('refuses a path that the server would read as something else', async () => {
      const { endpoint } = await legs.caller();
      for (const path of ['/tmp/a b.wav', '/tmp/a!b.wav', 'relative.wav', '/tmp/${x}.wav']) {
        await expect(endpoint.play([{ is: 'file', path }], NEVER)).rejects.toMatchObject({
          why: 'not-played',
        });
      }
    });

    it('says that the endpoint is gone when it goes while something is played', async () => {
      const { endpoint } = await legs.caller();
      const ringing = endpoint.play([{ is: 'ringback', country: 'US' }], NEVER);
      await sleep(300);
      endpoint.release();
      await expect(ringing).rejects.toMatchObject({ why: 'gone' });
    });
  });

  describe('digits', () => {
    it('are told as they come', async () => {
      const { peer, heard } = await legs.caller();
      peer.speak(undefined);
      await sleep(100);
      await peer.press('5');
      await sleep(60);
      await peer.press('#');
      await expect.poll(() => heard.digits, { timeout: 2000 }).toBe('5#');
    });

    it('are told while a prompt is played, which goes on until it is stopped', async () => {
      const { endpoint, peer, heard } = await legs.caller();
      const stop = new AbortController();
      const played = endpoint.play([{ is: 'ringback', country: 'DE' }], stop.signal);
      await legs.hears(peer, 425);
      await peer.press('*');
      await expect.poll(() => heard.digits, { timeout: 2000 }).toBe('*');
      await sleep(100);
      stop.abort();
      await expect(played).resolves.toBe('stopped');
      await legs.hearsNothingOf(peer, 425);
    });

    it('are sent to the party', async () => {
      const { endpoint, peer } = await legs.caller();
      await sleep(100);
      await endpoint.sendDigits('42');
      await expect.poll(() => peer.digits, { timeout: 3000 }).toBe('42');
    });
  });
}
