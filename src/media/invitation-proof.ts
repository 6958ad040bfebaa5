import { createHmac } from 'node:crypto';
import type { CallsServers } from './fsmrf.js';

/**
 * Who places a call on a media server controls it, by the event socket that the server opens. Ours
 * therefore wants each INVITE to prove that it comes from whoever started the server: HMAC-SHA256 of
 * User-Agent and X-esl-outbound, in hex.
 */
export function proving(calls: CallsServers, key: string | undefined): CallsServers {
  if (key === undefined) return calls;
  return {
    createUAC: (uri, { headers, ...opts }) => {
      const of = `${headers['User-Agent'] ?? ''}\n${headers['X-esl-outbound'] ?? ''}`;
      const proof = createHmac('sha256', key).update(of).digest('hex');
      return calls.createUAC(uri, { ...opts, headers: { ...headers, 'X-esl-proof': proof } });
    },
  };
}
