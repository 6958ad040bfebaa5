import { describe, expect, it } from 'vitest';
import { AudioSession } from '../../../src/embedded/media-server/sdp/audio-session.js';
import {
  g711,
  readOfferCodecs,
  type AudioCodec,
} from '../../../src/embedded/media-server/sdp/offered-codecs.js';

const session = (codecs: readonly AudioCodec[] = g711, address = '127.0.0.1'): AudioSession =>
  new AudioSession({ address, port: 20_000, rtcpPort: 20_001, codecs });

const offer = (media: readonly string[], connection = 'IN IP4 192.0.2.7'): string =>
  ['v=0', 'o=- 1 1 IN IP4 192.0.2.7', 's=-', `c=${connection}`, 't=0 0', ...media, ''].join('\r\n');

const pcmu = ['m=audio 4000 RTP/AVP 0 8 101', 'a=rtpmap:101 telephone-event/8000'];
const opus = '0 PCMU/8000|111 opus/48000/2 useinbandfec=1|8 PCMA/8000';

const mediaLines = (sdp = ''): string[] =>
  sdp.split('\r\n').filter((line) => line.startsWith('m='));

describe('an answer', () => {
  it('takes one speech codec, and events beside it', () => {
    const answered = session().answer(offer(pcmu));
    expect(mediaLines(answered?.local)).toEqual(['m=audio 20000 RTP/AVP 0 101']);
    expect(answered?.audio).toEqual({
      remote: { address: '192.0.2.7', port: 4000, rtcpPort: 4001 },
      codec: { payload: 0, name: 'PCMU', clockRate: 8000, channels: 1 },
      telephoneEvent: 101,
      ptime: 20,
      direction: 'sendrecv',
      rtcpMux: false,
    });
  });

  it('prefers as the caller of the endpoint does, under the payload types of the offer', () => {
    const wanted = readOfferCodecs('111 opus/48000/2 useinbandfec=1|0 PCMU/8000')!;
    const media = ['m=audio 4000 RTP/AVP 0 96', 'a=rtpmap:96 OPUS/48000/2', 'a=fmtp:96 stereo=1'];
    const answered = session(wanted).answer(offer(media));
    expect(mediaLines(answered?.local)).toEqual(['m=audio 20000 RTP/AVP 96']);
    expect(answered?.audio.codec).toEqual({
      payload: 96,
      name: 'OPUS',
      clockRate: 48_000,
      channels: 2,
    });
  });

  it('keeps every m-line in its place and takes the plain audio alone', () => {
    const media = [
      'm=video 5000 RTP/AVP 96',
      'm=audio 4002 RTP/SAVP 0',
      ...pcmu,
      'm=audio 4006 RTP/AVP 8',
    ];
    expect(mediaLines(session().answer(offer(media))?.local)).toEqual([
      'm=video 0 RTP/AVP 96',
      'm=audio 0 RTP/SAVP 0',
      'm=audio 20000 RTP/AVP 0 101',
      'm=audio 0 RTP/AVP 8',
    ]);
  });

  it.each([
    ['secured audio alone', offer(['m=audio 4000 RTP/SAVP 0'])],
    ['no codec that we may take', offer(['m=audio 4000 RTP/AVP 18'])],
    ['events without speech', offer(['m=audio 4000 RTP/AVP 101', pcmu[1]!])],
    ['an address of a family that we do not have', offer(pcmu, 'IN IP6 2001:db8::7')],
    ['no audio', offer(['m=video 4000 RTP/AVP 96'])],
    ['a port beyond all ports', offer(['m=audio 70000 RTP/AVP 0'])],
    ['no description', 'hello'],
    ['nothing', ''],
    ['more m-lines than anybody has', offer(Array.from({ length: 40 }, () => pcmu[0]!))],
  ])('is refused to %s, and leaves what was agreed before', (_, sdp) => {
    const party = session();
    party.answer(offer(pcmu));
    const before = party.localSdp;
    expect(party.answer(sdp)).toBeUndefined();
    expect(party.localSdp).toBe(before);
  });

  it.each([
    ['a=sendonly', 'recvonly', true],
    ['a=recvonly', 'sendonly', true],
    ['a=inactive', 'inactive', true],
    ['c=IN IP4 0.0.0.0', 'recvonly', false],
  ])('holds with %s', (line, direction, reachable) => {
    const answered = session().answer(offer([...pcmu, line]));
    expect(answered?.audio.direction).toBe(direction);
    expect(answered?.audio.remote !== undefined).toBe(reachable);
    expect(answered?.local).toContain(`a=${direction}\r\n`);
  });

  it('stops the audio for port 0, and refuses the line', () => {
    const party = session();
    const answered = party.answer(offer(['m=audio 0 RTP/AVP 0']));
    expect(answered?.audio).toMatchObject({ remote: undefined, direction: 'inactive' });
    expect(mediaLines(answered?.local)).toEqual(['m=audio 0 RTP/AVP 0']);
  });

  it('counts its versions up, of one session', () => {
    const party = session();
    const origin = (sdp = ''): string[] => /^o=- (\d+) (\d+)/m.exec(sdp)?.slice(1) ?? [];
    const [id, first] = origin(party.answer(offer(pcmu))?.local);
    const [same, second] = origin(party.answer(offer(pcmu))?.local);
    expect([same, Number(second)]).toEqual([id, Number(first) + 1]);
  });

  it('sends as often as the party wants, and RTCP where it wants it', () => {
    const asked = (...lines: string[]) => session().answer(offer([...pcmu, ...lines]))?.audio;
    expect(asked('a=ptime:30')?.ptime).toBe(30);
    expect(asked('a=ptime:40', 'a=maxptime:20')?.ptime).toBe(20);
    expect(asked('a=ptime:999')?.ptime).toBe(20);
    expect(asked('a=rtcp:4711')?.remote?.rtcpPort).toBe(4711);
    expect(asked('a=rtcp-mux')).toMatchObject({ remote: { rtcpPort: 4000 }, rtcpMux: true });
  });

  it('speaks IPv6 where it is bound so', () => {
    const party = session(g711, '2001:db8::1');
    const answered = party.answer(offer(pcmu, 'IN IP6 2001:db8::7'));
    expect(answered?.local).toContain('c=IN IP6 2001:db8::1\r\n');
    expect(answered?.audio.remote?.address).toBe('2001:db8::7');
  });
});

describe('an offer of ours', () => {
  it('names G.711 and events, or what the caller of the endpoint named', () => {
    expect(mediaLines(session().offer())).toEqual(['m=audio 20000 RTP/AVP 0 8 101']);
    const named = session(readOfferCodecs(opus)).offer();
    expect(mediaLines(named)).toEqual(['m=audio 20000 RTP/AVP 0 111 8 101']);
    expect(named).toContain('a=rtpmap:111 opus/48000/2\r\na=fmtp:111 useinbandfec=1\r\n');
  });

  it('is settled by the answer', () => {
    const party = session(readOfferCodecs(opus));
    party.offer();
    const media = ['m=audio 4000 RTP/AVP 111 101', 'a=rtpmap:111 opus/48000/2', pcmu[1]!];
    expect(party.settle(offer(media))?.audio).toMatchObject({
      codec: { payload: 111, name: 'OPUS' },
      telephoneEvent: 101,
    });
  });

  it('that comes back as its own answer sends nothing to ourselves', () => {
    const party = session();
    const back = party.offer().replace('t=0 0\r\n', 't=0 0\r\na=recvonly\r\n');
    expect(party.settle(back)?.audio.remote).toBeUndefined();
  });
});

describe('the codecs that the caller of an endpoint names', () => {
  it.each(['', 'PCMU', '0 PCMU', '200 PCMU/8000', '0 PCMU/8000|0 PCMA/8000', '0 PC MU/8000'])(
    'cannot be %j',
    (value) => expect(readOfferCodecs(value)).toBeUndefined(),
  );

  it('have events under a free payload type, if it named none', () => {
    const codecs = readOfferCodecs('101 opus/48000/2')!;
    expect(codecs.map(({ payload, name }) => `${payload} ${name}`)).toEqual([
      '101 opus',
      '102 telephone-event',
    ]);
  });
});
