import { describe, expect, it } from 'vitest';
import { CallRefused } from '../../../src/domain/calls/verdict.js';
import { MediaPath, otherSide } from '../../../src/flows/steps/media-path.js';
import { audio } from '../../support/fake-sip-call.js';
import { FixedIds } from '../../support/fixed-ids.js';

const OFFER = audio('203.0.113.99');
const ANSWER = audio('198.51.100.77');
const path = () => new MediaPath(new FixedIds(), '192.0.2.1');
const originOf = (sdp: string): string[] => /^o=(.*)$/m.exec(sdp)![1]!.trim().split(' ');
const versionOf = (sdp: string): number => Number(originOf(sdp)[2]);

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof CallRefused) return error.verdict.reason;
    throw error;
  }
  return 'none';
}

describe('a session description on its way to the other side', () => {
  it('keeps where media goes and nothing else of its author', () => {
    const written = path().offer('callee', OFFER);
    expect(written).toContain('c=IN IP4 203.0.113.99');
    expect(written).toContain('m=audio 40000 RTP/AVP 0');
    expect(written).not.toContain('someone');
    expect(written).not.toContain('phone');
    expect(originOf(written).slice(3)).toEqual(['IN', 'IP4', '192.0.2.1']);
  });

  it('comes from an origin of our own on each side, whose id says nothing of the other', () => {
    const media = path();
    const [, toCallee] = originOf(media.offer('callee', OFFER));
    const [, toCaller] = originOf(media.answer('caller', ANSWER));
    expect(toCallee).not.toBe(toCaller);
    expect([toCallee, toCaller]).not.toContain('777');
  });

  it('has the same version as long as it says the same, and the next when it changes', () => {
    const media = path();
    media.offer('callee', OFFER);
    const early = media.answer('caller', ANSWER);
    const final = media.answer('caller', ANSWER);
    const other = media.answer('caller', audio('198.51.100.78'));
    const again = media.answer('caller', ANSWER);
    expect(final).toBe(early);
    expect(versionOf(other)).toBe(versionOf(early) + 1);
    expect(versionOf(again)).toBe(versionOf(early) + 2);
  });

  it('counts versions for each side alone', () => {
    const media = path();
    media.offer('callee', OFFER);
    media.offer('callee', audio('203.0.113.98'));
    expect(versionOf(media.answer('caller', ANSWER))).toBe(1);
  });

  it.each([
    ['garbage', 'v=0\r\nnonsense'],
    ['nothing we carry', OFFER.replace('m=audio 40000 RTP/AVP 0', 'm=image 40000 udptl t38')],
    ['a host name', OFFER.replace('203.0.113.99\r\nt=', 'phone.example\r\nt=')],
  ])('is a bad offer when it is %s', (_, sdp) => {
    expect(refusal(() => path().offer('callee', sdp))).toBe('bad-offer');
  });

  it('is an unusable answer when nobody offered', () => {
    expect(refusal(() => path().answer('caller', ANSWER))).toBe('callee-answer-unusable');
  });

  it('is an unusable answer when it is not one to the offer', () => {
    const media = path();
    media.offer('callee', OFFER);
    const twoStreams = `${ANSWER}m=audio 40002 RTP/AVP 0\r\n`;
    expect(refusal(() => media.answer('caller', twoStreams))).toBe('callee-answer-unusable');
    const noCodecInCommon = ANSWER.replace('AVP 0', 'AVP 8').replace('0 PCMU', '8 PCMA');
    expect(refusal(() => media.answer('caller', noCodecInCommon))).toBe('callee-answer-unusable');
  });

  it('answers the newest offer, whoever made it', () => {
    const media = path();
    media.offer('callee', OFFER);
    media.offer('caller', audio('198.51.100.77', 50000, 'sendonly'));
    expect(media.answer('callee', audio('203.0.113.99', 40000, 'recvonly'))).toContain(
      'a=recvonly',
    );
  });

  it('goes from either side to the other', () => {
    expect([otherSide('caller'), otherSide('callee')]).toEqual(['callee', 'caller']);
  });
});
