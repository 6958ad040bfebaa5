import { describe, expect, it } from 'vitest';
import { VERDICTS } from '../../../src/domain/calls/verdict.js';
import { writeDtmf } from '../../../src/domain/identity/dtmf.js';
import { planAnswer, planLeg } from '../../../src/domain/identity/identity-plan.js';
import { compileNeedles, inspectMessage } from '../../../src/domain/identity/leak-guard.js';
import { readSdp, writeSdp } from '../../../src/domain/identity/sdp.js';
import { did } from '../../../src/domain/numbers/did.js';
import { SipAddress } from '../../../src/domain/numbers/party-address.js';
import { seconds } from '../../../src/domain/time.js';
import { OWN_HEADERS, phraseOf } from '../../../src/sip/answer-headers.js';
import { refusalHeaders } from '../../../src/sip/incoming-call.js';
import { aTrunk, number, PLAIN_PROFILE } from './support.js';

const lines = (headers: object): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${String(value)}\r\n`)
    .join('');

const shown = did('+12125550123');
const trunk = aTrunk({
  identity: { ...PLAIN_PROFILE, headers: ['from', 'pai', 'ppi', 'rpid'], privacy: 'id' },
  sessionExpires: seconds(1800),
});

const heard = readSdp(
  [
    ...['v=0', 'o=- 1 1 IN IP4 192.0.2.9', 's=-', 'c=IN IP4 192.0.2.9', 't=0 0'],
    'm=audio 40000 RTP/SAVPF 0 101',
    ...['a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-15', 'a=ptime:20', 'a=maxptime:60'],
    'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz',
    ...['a=rtcp-mux', 'm=video 0 RTP/AVPF 96', ''],
  ].join('\r\n'),
);
if (!heard.ok) throw new Error(heard.why);
const sdp = writeSdp(heard.media, { sessionId: '31', version: 1, address: '192.0.2.1' });

const plan = planLeg({
  trunk,
  shown,
  callee: number('+14155550100'),
  target: 'sip:192.0.2.5:5060;transport=tcp',
  tokens: { callId: '00112233', contactUser: '44556677' },
  maxForwards: 69,
});

/** One of each kind of message that we send. */
const MESSAGES = [
  `INVITE ${plan.requestUri} SIP/2.0\r\n${lines(plan.headers)}Content-Type: application/sdp\r\n\r\n${sdp}`,
  `SIP/2.0 200 OK\r\n${lines(planAnswer({ trunk, shown, contactUser: '88' }))}\r\n${sdp}`,
  `INFO sip:placeholder SIP/2.0\r\n${lines(OWN_HEADERS)}Content-Type: application/dtmf-relay\r\n\r\n${writeDtmf({ digit: '5', durationMs: 160 }).body}`,
  'BYE sip:placeholder SIP/2.0\r\nReason: Q.850;cause=16\r\n\r\n',
  ...[180, 183, 200, 403, 405, 407, 415, 481, 488, 491, 500, 501].map(
    (status) => `SIP/2.0 ${status} ${phraseOf(status)}\r\n${lines(OWN_HEADERS)}\r\n`,
  ),
  ...Object.entries(VERDICTS).map(([reason, row]) => {
    const verdict = { reason: reason as keyof typeof VERDICTS, ...row };
    return `SIP/2.0 ${row.sip} ${row.phrase}\r\n${lines(refusalHeaders(verdict, {}))}\r\n`;
  }),
];

const text = MESSAGES.join(' ').replace(/inline:\S+/g, '');
const whole = text.toLowerCase().match(/[a-z][a-z0-9.-]{2,}/g) ?? [];
const WORDS = [...new Set(whole.flatMap((word) => [word, ...word.split(/[.-]/)]))].filter(
  (word) => word.length > 2,
);

describe('a party that bears a word of our own messages', () => {
  it('is there to be tested', () => {
    expect(WORDS.length).toBeGreaterThan(100);
    expect(WORDS).toContain('agent');
  });

  it.each([
    ['as its name', (word: string) => ({ names: [word] })],
    ['as its user part', (word: string) => ({ parties: [SipAddress.parse(`${word}@pbx.test`)!] })],
    ['as its host', (word: string) => ({ addresses: [word] })],
  ])('%s can call all the same', (_, secret) => {
    const blocked = WORDS.filter((word) => {
      const needles = compileNeedles({
        ...{ parties: [], names: [], addresses: [], callIds: [], tags: [] },
        ...secret(word),
        permitted: {
          ...{ parties: [], dids: [shown], names: [], addresses: ['localhost'] },
          ...{ callIds: [], tags: [] },
        },
        directMedia: true,
      });
      return MESSAGES.some((message) => inspectMessage(needles, message) !== undefined);
    });
    expect(blocked).toEqual([]);
  });
});
