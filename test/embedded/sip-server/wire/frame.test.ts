import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  FrameError,
  FrameReader,
  frameOf,
} from '../../../../src/embedded/sip-server/wire/frame.js';

describe('frames', () => {
  it('come out as they went in, however the bytes were cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ minLength: 1, unit: 'binary' }), fc.option(fc.string()))),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        (messages, cuts) => {
          const frames = messages.map(([meta, sip]) =>
            frameOf(meta, sip === null ? undefined : Buffer.from(sip)),
          );
          const stream = Buffer.concat(frames);
          const taken: string[] = [];
          const reader = new FrameReader(1_000_000);
          for (let at = 0, turn = 0; at < stream.length; turn += 1) {
            const size = cuts[turn % cuts.length]!;
            reader.push(stream.subarray(at, at + size), (payload) => {
              taken.push(payload.toString());
            });
            at += size;
          }
          const expected = messages.map(([meta, sip]) =>
            sip === null ? meta : `${meta}\r\n${sip}`,
          );
          expect(taken).toEqual(expected.map((text) => Buffer.from(text).toString()));
        },
      ),
    );
  });

  it('count bytes, not characters', () => {
    expect(frameOf('ü|📞').toString()).toBe('7#ü|📞');
    expect(frameOf('a|b', Buffer.from('SIP')).toString()).toBe('8#a|b\r\nSIP');
  });

  it.each(['#a', 'a#', '0#', '-1#', '+1#a', ' 1#a', '1 #a', '0x1#a', '1234567890#'])(
    'that begin with "%s" are refused',
    (text) => {
      const reader = new FrameReader(1_000);
      expect(() => reader.push(Buffer.from(text), () => undefined)).toThrow(FrameError);
    },
  );

  it('beyond the limit are refused by their length alone', () => {
    const reader = new FrameReader(1_000);
    expect(() => reader.push(Buffer.from('1001#'), () => undefined)).toThrow('too large');
  });

  it('of a great many chunks cost linear time', () => {
    const payload = Buffer.alloc(4_000_000, 'x');
    const frame = frameOf(payload.toString());
    const reader = new FrameReader(5_000_000);
    let taken = 0;
    const started = performance.now();
    for (let at = 0; at < frame.length; at += 1_000) {
      reader.push(frame.subarray(at, at + 1_000), (whole) => (taken += whole.length));
    }
    expect(taken).toBe(payload.length);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
