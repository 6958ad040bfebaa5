import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { seconds } from '../../src/domain/time.js';
import { claimedUser, DigestGate } from '../../src/sip/digest.js';
import { FakeClock } from '../support/fake-clock.js';

const CREDENTIALS = { username: 'pbx', password: 'hunter2' };
const PEER = '198.51.100.7';
const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

interface Answering {
  readonly username?: string;
  readonly password?: string;
  readonly method?: string;
  readonly nc?: string;
  readonly qop?: string;
  readonly realm?: string;
}

/** What an honest client answers to a challenge, unless told otherwise. */
function answer(challenge: string, change: Answering = {}): string {
  const { username = 'pbx', password = 'hunter2', method = 'INVITE', nc = '00000001' } = change;
  const nonce = /nonce="([^"]*)"/.exec(challenge)![1]!;
  const { realm = /realm="([^"]*)"/.exec(challenge)![1]!, qop = 'auth' } = change;
  const ha1 = md5(`${username}:${realm}:${password}`);
  const ha2 = md5(`${method}:sip:x@192.0.2.1`);
  const response = md5([ha1, nonce, nc, 'cn,once', qop, ha2].join(':'));
  const fields = [
    `username="${username}"`,
    `realm="${realm}"`,
    `nonce="${nonce}"`,
    'uri="sip:x@192.0.2.1"',
    `response="${response}"`,
    'cnonce="cn,once"',
    `nc=${nc}`,
    `qop=${qop}`,
    'algorithm=MD5',
  ];
  return `Digest ${fields.join(', ')}`;
}

function gate() {
  const clock = new FakeClock();
  const it = new DigestGate(clock);
  const check = (header: string, source = PEER): string =>
    it.check(header, 'INVITE', source, CREDENTIALS);
  return { clock, check, challenge: (source = PEER) => it.challenge(source) };
}

describe('a peer that must show who it is', () => {
  it('is let in with the right answer', () => {
    const { check, challenge } = gate();
    expect(check(answer(challenge()))).toBe('ok');
  });

  it.each<[string, Answering]>([
    ['another password', { password: 'hunter3' }],
    ['another name', { username: 'xbp' }],
    ['a name of another length', { username: 'p' }],
    ['an answer for another method', { method: 'BYE' }],
    ['an answer for another realm', { realm: 'elsewhere' }],
  ])('is not let in with %s', (_, change) => {
    const { check, challenge } = gate();
    expect(check(answer(challenge(), change))).toBe('wrong');
  });

  it.each([
    ['nothing', ''],
    ['another scheme', 'Basic cGJ4Omh1bnRlcjI='],
    ['half an answer', 'Digest username="pbx", qop=auth'],
    ['an answer of before qop', 'Digest username="pbx", nonce="n", response="r"'],
    ['noise', `Digest ${'",='.repeat(500)}`],
  ])('is not let in with %s', (_, header) => {
    expect(gate().check(header)).not.toBe('ok');
  });

  it('may use its nonce again with a higher count, and an answer only once', () => {
    const { check, challenge } = gate();
    const offered = challenge();
    expect(check(answer(offered))).toBe('ok');
    expect(check(answer(offered))).toBe('stale');
    expect(check(answer(offered, { nc: '00000003' }))).toBe('ok');
    expect(check(answer(offered, { nc: '00000002' }))).toBe('stale');
    expect(check(answer(offered, { nc: '0000000a' }))).toBe('ok');
  });

  it('does not spend a count with a wrong answer', () => {
    const { check, challenge } = gate();
    const offered = challenge();
    expect(check(answer(offered, { nc: 'ffffffff', password: 'guess' }))).toBe('wrong');
    expect(check(answer(offered))).toBe('ok');
  });

  it.each(['', 'zz', '-1', '00000000'])('is not let in with the count %j', (nc) => {
    const { check, challenge } = gate();
    expect(check(answer(challenge(), { nc }))).toBe('stale');
  });

  it('has a minute to answer', () => {
    const { check, challenge, clock } = gate();
    const offered = challenge();
    clock.advance(seconds(60));
    expect(check(answer(offered))).toBe('ok');
    const late = challenge();
    clock.advance(seconds(61));
    expect(check(answer(late))).toBe('stale');
  });

  it('is told “stale” with a nonce that another peer, or another daemon, was given', () => {
    const { check, challenge } = gate();
    expect(check(answer(challenge('203.0.113.66')))).toBe('stale');
    expect(check(answer(gate().challenge()))).toBe('stale');
  });

  it('is told “stale” with a nonce whose time it has written itself', () => {
    const { check, challenge, clock } = gate();
    const offered = challenge();
    clock.advance(seconds(61));
    const [, seal] = /nonce="[^."]*\.([^"]*)"/.exec(offered)!;
    const forged = offered.replace(/nonce="[^"]*"/, `nonce="${clock.now().toString(36)}.${seal!}"`);
    expect(check(answer(forged))).toBe('stale');
  });

  it('is challenged in words that say when to try again at once', () => {
    const it = new DigestGate(new FakeClock());
    expect(it.challenge(PEER)).toMatch(
      /^Digest realm="callveil", nonce="[^"]+", algorithm=MD5, qop="auth"$/,
    );
    expect(it.challenge(PEER, true)).toContain(', stale=true');
  });

  it('is taken for nobody until it claims a name in a way we can check', () => {
    expect(claimedUser('Digest username="pbx", qop=auth')).toBe('pbx');
    expect(claimedUser('digest username=pbx, qop="auth"')).toBe('pbx');
    expect(claimedUser('Digest username="pbx"')).toBeUndefined();
    expect(claimedUser('Basic x')).toBeUndefined();
  });
});
