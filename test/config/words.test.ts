import { describe, expect, it } from 'vitest';
import { parseListen } from '../../src/config/listen-address.js';
import { nearest } from '../../src/config/nearest.js';

describe('nearest', () => {
  const known = ['sources', 'targets', 'token_file', 'listen_port'];

  it.each([
    ['soruces', 'sources'],
    ['source', 'sources'],
    ['token', 'token_file'],
    ['listen-port', 'listen_port'],
    ['TARGETS', 'targets'],
  ])('takes %s for %s', (word, meant) => {
    expect(nearest(word, known)).toBe(meant);
  });

  it('does not guess when nothing is near', () => {
    expect(nearest('banana', known)).toBeUndefined();
  });
});

describe('parseListen', () => {
  it('takes the brackets off an IPv6 address', () => {
    expect(parseListen('tcp:[::1]:5060')).toEqual({ protocol: 'tcp', address: '::1', port: 5060 });
  });

  it.each(['udp:256.0.0.1:5060', 'udp:127.0.0.1:65536', 'sctp:127.0.0.1:5061'])(
    'refuses %s',
    (text) => {
      expect(parseListen(text)).toBeUndefined();
    },
  );
});
