import { afterAll, beforeAll, expect, it } from 'vitest';
import { sdp } from '../../src/phones/sdp.js';
import { onRealDrachtio } from '../support/engine.js';
import { Lab } from '../support/lab.js';

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.open({ carrierPhone: { protocol: 'tcp' }, pbxPhone: { protocol: 'tcp' } });
});
afterAll(async () => {
  await lab.close();
});

/** About 30 kB that the masking lets through: 15 audio streams of 16 codecs each. */
const payloads = Array.from({ length: 16 }, (_, n) => 96 + n);
const parameters =
  'maxplaybackrate=48000;sprop-maxcapturerate=48000;maxaveragebitrate=510000;stereo=1;cbr=0';
const stream = [
  `m=audio 40002 RTP/AVP ${payloads.join(' ')}`,
  ...payloads.flatMap((n) => [`a=rtpmap:${n} opus/48000/2`, `a=fmtp:${n} ${parameters}`]),
];
const vast = sdp({
  address: '198.51.100.14',
  mediaLines: Array.from({ length: 15 }, () => stream).flat(),
});

const answer = onRealDrachtio
  ? 'is answered 488, because drachtio-server could not read it from us'
  : 'reaches the callee: the embedded engine reads what it writes';

it(`a session description of 30 kB ${answer}; the next call goes through`, async () => {
  const large = lab.customerCalls({ body: vast });
  if (onRealDrachtio) {
    expect((await large.final()).status).toBe(488);
  } else {
    const callee = await lab.pbx.nextCall();
    expect(callee.invite.body.length).toBeGreaterThan(20_000);
    callee.answer({ body: vast });
    expect((await large.final()).status).toBe(200);
    await callee.acked();
    await large.bye();
  }
  const { caller } = await lab.talking();
  await caller.bye();
});
