import { describe, it } from 'vitest';
import { describeMediaServers } from '../contract/media-servers.contract.js';

/** `host:port:password` of a real FreeSWITCH's event socket, on this host. */
const REAL = process.env['CALLVEIL_TEST_FREESWITCH'] ?? '';

if (REAL === '') {
  describe('MediaServers over FreeSWITCH', () => {
    it.skip('needs CALLVEIL_TEST_FREESWITCH=host:port:password', () => undefined);
  });
} else {
  const [host = '', port = '', ...rest] = REAL.split(':');
  describeMediaServers('FreeSWITCH', () =>
    Promise.resolve({
      host,
      port: Number(port),
      password: rest.join(':'),
      stop: () => Promise.resolve(),
    }),
  );
}
