import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { millis } from '../../src/domain/time.js';
import type { MediaEndpoint } from '../../src/flows/ports/media.js';
import { NEVER, sleep, type MediaLegs } from '../support/media-legs.js';
import type { RtpPeer } from '../support/rtp-peer.js';
import { cut, lengthOf, readWav, silences, toneShare, type Wav } from '../support/wav.js';

/** What endpoints keep to that are joined or recorded. */
export function describeJoined(legs: MediaLegs): void {
  describe('a bridge', () => {
    it('lets each hear the other, and ends', async () => {
      const [one, two] = [await legs.caller(), await legs.callee()];
      one.peer.speak(440);
      two.peer.speak(880);
      await one.endpoint.bridge(two.endpoint);
      await legs.hears(one.peer, 880);
      await legs.hears(two.peer, 440);
      await one.endpoint.unbridge();
      await legs.hearsNothingOf(one.peer, 880);
      await legs.hearsNothingOf(two.peer, 440);
      await expect(two.endpoint.play([{ is: 'beep' }], NEVER)).resolves.toBe('played');
    });

    it('ends what was played, and passes digits on', async () => {
      const [one, two] = [await legs.caller(), await legs.callee()];
      const ringing = one.endpoint.play([{ is: 'ringback', country: 'DE' }], NEVER);
      await legs.hears(one.peer, 425);
      two.peer.speak(880);
      await one.endpoint.bridge(two.endpoint);
      await expect(ringing).resolves.toBeDefined();
      await legs.hears(one.peer, 880);
      await legs.hearsNothingOf(one.peer, 425);
      await two.peer.press('7');
      await expect.poll(() => two.heard.digits, { timeout: 2000 }).toBe('7');
      await expect.poll(() => one.peer.digits, { timeout: 2000 }).toBe('7');
    });

    it('mutes one party for the other', async () => {
      const [one, two] = [await legs.caller(), await legs.callee()];
      one.peer.speak(440);
      two.peer.speak(880);
      await one.endpoint.bridge(two.endpoint);
      await legs.hears(two.peer, 440);
      await one.endpoint.mute(true);
      await legs.hearsNothingOf(two.peer, 440);
      await legs.hears(one.peer, 880);
      await one.endpoint.mute(false);
      await legs.hears(two.peer, 440);
    });

    it('leaves the other endpoint to whoever has it when one goes', async () => {
      const [one, two] = [await legs.caller(), await legs.callee()];
      await one.endpoint.bridge(two.endpoint);
      one.endpoint.release();
      await sleep(300);
      expect(two.heard.losses).toEqual([]);
      await expect(two.endpoint.play([{ is: 'beep' }], NEVER)).resolves.toBe('played');
      await expect(two.endpoint.bridge(one.endpoint)).rejects.toMatchObject({
        why: 'not-bridged',
      });
    });
  });

  describe('a recording', () => {
    const LEFT = 0;
    const RIGHT = 1;
    const read = (name: string): Wav => readWav(readFileSync(legs.path(name)));
    const share = (wav: Wav, channel: number, hertz: number, from: number): number =>
      toneShare(cut(wav, channel, { from, to: from + 100 }), wav.rate, hertz);

    /** FreeSWITCH takes up to half a second to hear the first packets. */
    const spoken = async (endpoint: MediaEndpoint, peer: RtpPeer): Promise<void> => {
      peer.speak(440);
      await endpoint.play([{ is: 'silence', length: millis(800) }], NEVER);
    };

    it('has the party on the left and what it hears on the right, at 8 kHz', async () => {
      const { endpoint, peer } = await legs.caller();
      await spoken(endpoint, peer);
      const recording = await endpoint.record(legs.path('stereo.wav'));
      await endpoint.play([legs.tone('f.wav', 1000, 800)], NEVER);
      await recording.stop();
      const wav = read('stereo.wav');
      expect([wav.channels.length, wav.rate]).toEqual([2, 8000]);
      expect(share(wav, LEFT, 440, 300)).toBeGreaterThan(0.8);
      expect(share(wav, RIGHT, 1000, 300)).toBeGreaterThan(0.8);
      expect(share(wav, LEFT, 1000, 300)).toBeLessThan(0.1);
      expect(share(wav, RIGHT, 440, 300)).toBeLessThan(0.1);
    });

    it('is silent while it is masked, and its length keeps growing', async () => {
      const { endpoint, peer } = await legs.caller();
      await spoken(endpoint, peer);
      const recording = await endpoint.record(legs.path('masked.wav'));
      // FreeSWITCH also silences what came in the half second before.
      await sleep(1000);
      await recording.mask();
      await sleep(600);
      await recording.unmask();
      await sleep(500);
      await recording.stop();
      const wav = read('masked.wav');
      const all = { from: 0, to: lengthOf(wav) };
      expect(all.to).toBeGreaterThan(1800);
      const [masked] = silences(wav, LEFT, all, 400);
      expect(masked?.from).toBeGreaterThan(300);
      expect(masked?.to).toBeLessThan(all.to - 300);
      expect(share(wav, LEFT, 440, all.to - 200)).toBeGreaterThan(0.5);
    });

    it('survives a bridge, and keeps a short call', async () => {
      const [one, two] = [await legs.caller(), await legs.callee()];
      two.peer.speak(880);
      const recording = await one.endpoint.record(legs.path('short.wav'));
      await one.endpoint.bridge(two.endpoint);
      await legs.hears(one.peer, 880);
      await sleep(600);
      await recording.stop();
      const wav = read('short.wav');
      expect(share(wav, RIGHT, 880, lengthOf(wav) - 150)).toBeGreaterThan(0.5);
    });

    it('is refused when it cannot run', async () => {
      const { endpoint } = await legs.caller();
      const failed = { why: 'not-recorded' };
      await expect(endpoint.record('/proc/callveil/x.wav')).rejects.toMatchObject(failed);
      await expect(endpoint.record('/tmp/a b.wav')).rejects.toMatchObject(failed);
      const recording = await endpoint.record(legs.path('once.wav'));
      await recording.stop();
      await expect(recording.stop()).rejects.toMatchObject(failed);
    });
  });

  describe('a conference', () => {
    it('lets all hear each other, and ends', async () => {
      const three = [await legs.caller(), await legs.callee(), await legs.caller()];
      const room = legs.servers.choose().conference('contract-room');
      for (const { endpoint } of three) await room.join(endpoint);
      three[0]!.peer.speak(440);
      await legs.hears(three[1]!.peer, 440);
      await legs.hears(three[2]!.peer, 440);
      await room.leave(three[2]!.endpoint);
      await legs.hearsNothingOf(three[2]!.peer, 440);
      await legs.hears(three[1]!.peer, 440);
      await room.end();
      await legs.hearsNothingOf(three[1]!.peer, 440);
      await expect(three[1]!.endpoint.play([{ is: 'beep' }], NEVER)).resolves.toBe('played');
    });
  });
}
