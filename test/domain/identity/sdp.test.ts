import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fitAnswer,
  readSdp,
  writeSdp,
  type AudioStream,
  type MediaDescription,
} from '../../../src/domain/identity/sdp.js';

const OWN = { sessionId: '31415926', version: 1, address: '198.51.100.1' };

const sdp = (...lines: string[]): string => `${lines.join('\r\n')}\r\n`;
const HEAD = ['v=0', 'o=alice 2890844526 2890844526 IN IP4 192.0.2.7', 's=Phone'];
const AUDIO = ['c=IN IP4 192.0.2.7', 't=0 0', 'm=audio 49170 RTP/AVP 0 101'];

function read(text: string): MediaDescription {
  const reading = readSdp(text);
  if (!reading.ok) throw new Error(reading.why);
  return reading.media;
}

function audio(text: string): AudioStream {
  const stream = read(text).streams.find(({ kind }) => kind === 'audio');
  if (stream?.kind !== 'audio') throw new Error('no audio');
  return stream;
}

const rebuilt = (text: string): string => writeSdp(read(text), OWN);
const fault = (text: string): string => {
  const reading = readSdp(text);
  return reading.ok ? 'ok' : reading.why;
};

describe('a rebuilt session description', () => {
  it('says what the received one said of audio, in our own name', () => {
    const text = sdp(
      ...HEAD,
      ...AUDIO,
      'a=rtpmap:101 telephone-event/8000',
      'a=fmtp:101 0-15,66',
      'a=ptime:20',
      'a=sendonly',
    );
    expect(rebuilt(text)).toBe(
      sdp(
        'v=0',
        'o=- 31415926 1 IN IP4 198.51.100.1',
        's=-',
        'c=IN IP4 192.0.2.7',
        't=0 0',
        'm=audio 49170 RTP/AVP 0 101',
        'a=rtpmap:0 PCMU/8000',
        'a=rtpmap:101 telephone-event/8000',
        'a=fmtp:101 0-15,66',
        'a=ptime:20',
        'a=sendonly',
      ),
    );
  });

  it('reads back as the same media', () => {
    const text = sdp(
      ...HEAD,
      't=0 0',
      'a=inactive',
      'm=audio 4000 RTP/SAVP 96 9',
      'c=IN IP6 2001:DB8:0:0:0:0:0:1',
      'a=rtpmap:96 OPUS/48000/2',
      'a=fmtp:96 useinbandfec=1; maxaveragebitrate=20000; x-name=alice',
      'a=rtcp-mux',
      'a=maxptime:60',
      `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${'A'.repeat(40)}|2^20|1:4`,
      `a=crypto:2 AES_256_CM_HMAC_SHA1_80 inline:${'B'.repeat(62)}==`,
    );
    const media = read(text);
    expect(media.streams[0]).toMatchObject({
      address: { family: 'IP6', text: '2001:db8::1' },
      direction: 'inactive',
      rtcpMux: true,
      maxptime: 60,
      codecs: [
        {
          name: 'opus',
          clockRate: 48000,
          channels: 2,
          fmtp: 'useinbandfec=1;maxaveragebitrate=20000',
        },
        { name: 'G722' },
      ],
    });
    expect(audio(text).crypto).toHaveLength(2);
    expect(read(writeSdp(media, OWN))).toEqual(media);
  });

  it.each([
    ['sendonly', '192.0.2.7'],
    ['inactive', '192.0.2.7'],
    ['recvonly', '192.0.2.7'],
    ['sendonly', '0.0.0.0'],
  ])('keeps the hold form %s at %s', (direction, address) => {
    const text = sdp(
      ...HEAD,
      `c=IN IP4 ${address}`,
      't=0 0',
      'm=audio 4 RTP/AVP 8',
      `a=${direction}`,
    );
    expect(audio(text)).toMatchObject({ direction, address: { text: address } });
    expect(rebuilt(text)).toContain(`c=IN IP4 ${address}\r\n`);
  });

  it('keeps every m-line in its place and rejects what it does not carry', () => {
    const text = sdp(
      ...HEAD,
      'c=IN IP4 192.0.2.7',
      't=0 0',
      'm=video 5000 RTP/AVP 96',
      'm=audio 5002 RTP/AVP 8',
      'm=image 5004 udptl t38',
      'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
      'm=audio 0 RTP/AVP 0',
      'm=message 7394 TCP/MSRP *',
      'm=audio 5006 UDP/TLS/RTP/SAVPF 0',
    );
    expect(rebuilt(text).match(/^m=.*$/gm)).toEqual([
      'm=video 0 RTP/AVP 0',
      'm=audio 5002 RTP/AVP 8',
      'm=image 0 udptl t38',
      'm=application 0 UDP/DTLS/SCTP webrtc-datachannel',
      'm=audio 0 RTP/AVP 0',
      'm=message 0 TCP/MSRP *',
      'm=audio 0 UDP/TLS/RTP/SAVPF 0',
    ]);
  });

  it('leaves out encodings and parameters that are on no list', () => {
    const text = sdp(
      ...HEAD,
      'c=IN IP4 192.0.2.7',
      't=0 0',
      'm=audio 4 RTP/AVP 96 97 98 18 99 8 8',
      'a=rtpmap:96 ALICE/8000',
      'a=rtpmap:97 AMR/8000/1',
      'a=fmtp:97 mode-set=7,4,2,0;octet-align=1;note=+14155550100',
      'a=rtpmap:98 PCMU/4155550100',
      'a=fmtp:18 annexb=no;x=y',
      'a=fmtp:8 call-me=4155550100',
    );
    expect(rebuilt(text)).toContain('m=audio 4 RTP/AVP 97 18 8\r\n');
    expect(rebuilt(text).match(/^a=fmtp.*$/gm)).toEqual([
      'a=fmtp:97 mode-set=0,2,4,7;octet-align=1',
      'a=fmtp:18 annexb=no',
    ]);
  });

  it('refuses an origin that is not ours to write', () => {
    const media = read(sdp(...HEAD, ...AUDIO));
    for (const wrong of [{ sessionId: 'alice' }, { version: -1 }, { address: 'host.example' }])
      expect(() => writeSdp(media, { ...OWN, ...wrong })).toThrow(RangeError);
  });
});

describe('a description that cannot be used', () => {
  const withAudio = (...audio: string[]): string => sdp(...HEAD, 't=0 0', ...audio);

  it.each([
    ['garbage', 'malformed', 'hello\r\nworld'],
    ['an empty body', 'malformed', ''],
    ['no version', 'malformed', sdp('o=- 1 1 IN IP4 192.0.2.7', 's=-')],
    ['a NUL', 'malformed', sdp(...HEAD, 'i=a\0b', ...AUDIO)],
    ['200 m-lines', 'too-large', sdp(...HEAD, ...Array<string>(200).fill('m=audio 4 RTP/AVP 0'))],
    ['3000 attributes', 'too-large', sdp(...HEAD, ...AUDIO, ...Array<string>(3000).fill('a=x:y'))],
    ['a megabyte', 'too-large', sdp(...HEAD, `a=${'x'.repeat(1_000_000)}`)],
    ['port 70000', 'bad-port', withAudio('m=audio 70000 RTP/AVP 0', 'c=IN IP4 192.0.2.7')],
    ['port -1', 'bad-port', withAudio('m=audio -1 RTP/AVP 0', 'c=IN IP4 192.0.2.7')],
    ['a range of ports', 'bad-port', withAudio('m=audio 4000/2 RTP/AVP 0', 'c=IN IP4 192.0.2.7')],
    [
      'a host name',
      'bad-address',
      withAudio('m=audio 4 RTP/AVP 0', 'c=IN IP4 phone.alice.example'),
    ],
    ['no c= line', 'bad-address', withAudio('m=audio 4 RTP/AVP 0')],
    ['multicast', 'bad-address', withAudio('m=audio 4 RTP/AVP 0', 'c=IN IP4 224.2.1.1/127')],
    [
      'multicast without a TTL',
      'bad-address',
      withAudio('m=audio 4 RTP/AVP 0', 'c=IN IP4 239.0.0.1'),
    ],
    ['a zone', 'bad-address', withAudio('m=audio 4 RTP/AVP 0', 'c=IN IP6 fe80::1%eth0')],
    ['the wrong family', 'bad-address', withAudio('m=audio 4 RTP/AVP 0', 'c=IN IP4 2001:db8::1')],
    ['octal octets', 'bad-address', withAudio('m=audio 4 RTP/AVP 0', 'c=IN IP4 192.0.2.007')],
    ['an unknown protocol', 'malformed', withAudio('m=audio 4 X/ALICE 0', 'c=IN IP4 192.0.2.7')],
    ['an unknown media type', 'malformed', withAudio('m=alice 4 RTP/AVP 0', 'c=IN IP4 192.0.2.7')],
    ['no m-line', 'no-audio', withAudio()],
    ['T.38 alone', 'no-audio', withAudio('m=image 4 udptl t38', 'c=IN IP4 192.0.2.7')],
    ['DTMF alone', 'no-audio', withAudio('m=audio 4 RTP/AVP 101', 'c=IN IP4 192.0.2.7')],
    ['SRTP without a key', 'no-audio', withAudio('m=audio 4 RTP/SAVP 0', 'c=IN IP4 192.0.2.7')],
  ])('is refused for %s: %s', (_what, why, text) => expect(fault(text)).toBe(why));

  it('is read without a stall, whatever it is', () => {
    const line = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.stringMatching(/^[a-z]=[ -~]{0,60}$/),
      fc.constantFrom(...HEAD, ...AUDIO, 'a=crypto:1 x inline:', 'a=fmtp:0 ', 'a=rtpmap:96 '),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
        const reading = readSdp(sdp('v=0', ...lines));
        if (reading.ok) expect(read(writeSdp(reading.media, OWN))).toEqual(reading.media);
      }),
      { numRuns: 2000 },
    );
    const started = performance.now();
    for (const unit of ['a=fmtp:0 ', 'a=fmtp:101 1,', '-1', ' ', ';', '=', ':', 'a:'])
      readSdp(sdp(...HEAD, ...AUDIO, `a=${unit.repeat(3000)}`, `c=${unit.repeat(3000)}`));
    expect(performance.now() - started).toBeLessThan(100);
  });
});

describe('canaries in every kind of line', () => {
  const places: readonly ((canary: string) => string)[] = [
    (c) => `o=${c} 4155550100 1 IN IP4 192.0.2.7`,
    (c) => `s=${c}`,
    (c) => `i=${c}`,
    (c) => `u=http://${c}.example/4155550100`,
    (c) => `e=${c}@example.com`,
    (c) => `p=+1 415 555 0100 ${c}`,
    (c) => `b=X-${c}:1`,
    (c) => `z=${c}`,
    (c) => `r=${c}`,
    (c) => `k=clear:${c}`,
    ...`tool:$ cname:$ label:$ content:$ charset:$ sdplang:$ lang:$ keywds:$ cat:$ msid:$ identity:$
      rtcp:53020_IN_IP4_$ ssrc:1_cname:$ ssrc-group:$ ice-ufrag:$ ice-pwd:$ fingerprint:sha-256_$ setup:$
      group:BUNDLE_$ mid:$ extmap:1_$ X-caller:$ $ remote-candidates:1_$ sendrecv_$ ptime:$ maxptime:$
      candidate:1_1_UDP_1_10.9.8.7_5000_typ_host_$ rtpmap:0_$/8000 rtpmap:96_$/8000 rtcp-fb:*_$
      fmtp:0_$ fmtp:18_annexb=$ fmtp:97_mode-set=$ fmtp:101_$ fmtp:101_0-15,$ crypto:1_$_inline:x
      crypto:1_AES_CM_128_HMAC_SHA1_80_inline:${'A'.repeat(40)}_$ rtcp-mux:$ rtcp-xr:$ source-filter:$`
      .trim()
      .split(/\s+/)
      .map((form) => (c: string) => `a=${form.replaceAll('_', ' ').replace('$', c)}`),
  ];
  const canary = 'cnry7F3A';
  const formats = ['a=rtpmap:97 AMR/8000', 'a=rtpmap:101 telephone-event/8000'];
  const withLines = (session: string[], media: string[]): string =>
    sdp(
      ...HEAD.slice(0, 2),
      's=-',
      ...session,
      'c=IN IP4 192.0.2.7',
      't=0 0',
      'm=audio 49170 RTP/AVP 0 18 96 97 101',
      ...media,
      ...formats,
    );
  const crosses = (text: string): boolean =>
    /cnry7F3A|415[ -]?555[ -]?0100|10\.9\.8\.7|alice/i.test(text);

  it.each(places.map((place) => [place(canary)]))('do not cross: %s', (line) => {
    expect(crosses(rebuilt(withLines([line], [])))).toBe(false);
    expect(crosses(rebuilt(withLines([], [line])))).toBe(false);
  });

  it('would be seen if the description were copied', () => {
    const copied = (text: string): string => text.replace(/^o=.*$/m, 'o=- 1 1 IN IP4 198.51.100.1');
    const seen = places.filter((place) => crosses(copied(withLines([], [place(canary)]))));
    expect(seen.length).toBeGreaterThanOrEqual(places.length - 1);
  });

  it('do not cross in any mixture', () => {
    const line = fc.constantFrom(...places).map((place) => place(canary));
    const some = fc.array(line, { maxLength: 12 });
    fc.assert(
      fc.property(some, some, (session, media) => {
        expect(crosses(rebuilt(withLines(session, media)))).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});

describe('an answer fitted to its offer', () => {
  const offer = read(
    sdp(...HEAD, 'c=IN IP4 192.0.2.7', 't=0 0', 'm=video 5 RTP/AVP 96', 'm=audio 4 RTP/AVP 0 8'),
  );
  const answer = (...media: string[]): MediaDescription =>
    read(sdp(...HEAD, 'c=IN IP4 203.0.113.9', 't=0 0', ...media));

  it('has the m-lines of the offer and only codecs that were offered', () => {
    const fitted = fitAnswer(offer, answer('m=video 9 RTP/AVP 96', 'm=audio 7 RTP/AVP 8 9'));
    expect(fitted.ok && writeSdp(fitted.media, OWN).match(/^m=.*$/gm)).toEqual([
      'm=video 0 RTP/AVP 0',
      'm=audio 7 RTP/AVP 8',
    ]);
  });

  it('is none with other m-lines, or with nothing to talk over', () => {
    expect(fitAnswer(offer, answer('m=audio 7 RTP/AVP 8'))).toEqual({
      ok: false,
      why: 'not-an-answer',
    });
    const other = answer('m=video 0 RTP/AVP 96', 'm=audio 7 RTP/AVP 9');
    expect(fitAnswer(offer, other)).toEqual({ ok: false, why: 'no-audio' });
  });

  it('takes one of the offered keys', () => {
    const key = (tag: number): string =>
      `a=crypto:${tag} AES_CM_128_HMAC_SHA1_80 inline:${'A'.repeat(40)}`;
    const secure = answer('m=audio 4 RTP/SAVP 0', key(1), key(2));
    expect(fitAnswer(secure, answer('m=audio 4 RTP/SAVP 0', key(2))).ok).toBe(true);
    expect(fitAnswer(secure, answer('m=audio 4 RTP/SAVP 0', key(3))).ok).toBe(false);
    expect(fitAnswer(secure, answer('m=audio 4 RTP/AVP 0')).ok).toBe(false);
  });
});
