import { describe, expect, it } from 'vitest';
import { CallRefused } from '../../../src/domain/calls/verdict.js';
import { DirectMedia } from '../../../src/flows/steps/direct-media.js';
import { otherSide } from '../../../src/flows/steps/media-path.js';
import { OwnDescriptions } from '../../../src/flows/steps/own-descriptions.js';
import { audio } from '../../support/fake-sip-call.js';
import { FixedIds } from '../../support/fixed-ids.js';

const OFFER = audio('203.0.113.99');
const ANSWER = audio('198.51.100.77');
const path = () => new DirectMedia(new OwnDescriptions(new FixedIds(), '192.0.2.1'), OFFER);
const originOf = (sdp: string): string[] => /^o=(.*)$/m.exec(sdp)![1]!.trim().split(' ');
const versionOf = (sdp: string): number => Number(originOf(sdp)[2]);

async function refusal(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
  } catch (error) {
    if (error instanceof CallRefused) return error.verdict.reason;
    throw error;
  }
  return 'none';
}

describe('a session description on its way to the other side', () => {
  it('keeps where media goes and nothing else of its author', async () => {
    const written = await path().offer('callee', OFFER);
    expect(written).toContain('c=IN IP4 203.0.113.99');
    expect(written).toContain('m=audio 40000 RTP/AVP 0');
    expect(written).not.toContain('someone');
    expect(written).not.toContain('phone');
    expect(originOf(written).slice(3)).toEqual(['IN', 'IP4', '192.0.2.1']);
  });

  it('comes from an origin of our own on each side, whose id says nothing of the other', async () => {
    const media = path();
    const [, toCallee] = originOf(await media.offer('callee', OFFER));
    const [, toCaller] = originOf(await media.answer('caller', ANSWER));
    expect(toCallee).not.toBe(toCaller);
    expect([toCallee, toCaller]).not.toContain('777');
  });

  it('has the same version as long as it says the same, and the next when it changes', async () => {
    const media = path();
    await media.offer('callee', OFFER);
    const early = await media.answer('caller', ANSWER);
    const final = await media.answer('caller', ANSWER);
    const other = await media.answer('caller', audio('198.51.100.78'));
    const again = await media.answer('caller', ANSWER);
    expect(final).toBe(early);
    expect(versionOf(other)).toBe(versionOf(early) + 1);
    expect(versionOf(again)).toBe(versionOf(early) + 2);
  });

  it('counts versions for each side alone', async () => {
    const media = path();
    await media.offer('callee', OFFER);
    await media.offer('callee', audio('203.0.113.98'));
    expect(versionOf(await media.answer('caller', ANSWER))).toBe(1);
  });

  it.each([
    ['garbage', 'v=0\r\nnonsense'],
    ['nothing we carry', OFFER.replace('m=audio 40000 RTP/AVP 0', 'm=image 40000 udptl t38')],
    ['a host name', OFFER.replace('203.0.113.99\r\nt=', 'phone.example\r\nt=')],
  ])('is a bad offer when it is %s', async (_, sdp) => {
    expect(await refusal(() => path().offer('callee', sdp))).toBe('bad-offer');
  });

  it('is an unusable answer when nobody offered', async () => {
    expect(await refusal(() => path().answer('caller', ANSWER))).toBe('callee-answer-unusable');
  });

  it('is an unusable answer when it is not one to the offer', async () => {
    const media = path();
    await media.offer('callee', OFFER);
    const twoStreams = `${ANSWER}m=audio 40002 RTP/AVP 0\r\n`;
    expect(await refusal(() => media.answer('caller', twoStreams))).toBe('callee-answer-unusable');
    const noCodecInCommon = ANSWER.replace('AVP 0', 'AVP 8').replace('0 PCMU', '8 PCMA');
    expect(await refusal(() => media.answer('caller', noCodecInCommon))).toBe(
      'callee-answer-unusable',
    );
  });

  it('answers the newest offer, whoever made it', async () => {
    const media = path();
    await media.offer('callee', OFFER);
    await media.offer('caller', audio('198.51.100.77', 50000, 'sendonly'));
    expect(await media.answer('callee', audio('203.0.113.99', 40000, 'recvonly'))).toContain(
      'a=recvonly',
    );
  });

  it('goes from either side to the other', () => {
    expect([otherSide('caller'), otherSide('callee')]).toEqual(['callee', 'caller']);
  });
});
