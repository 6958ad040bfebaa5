import { allHeaders, firstHeader } from '../../message/headers.js';
import type { SipRequest, SipResponse } from '../../message/sip-message.js';
import type { Timing } from '../../transaction/timing.js';
import type { Target } from './target.js';

const most = 10_000;

/**
 * The destinations of proxied requests that have asked for credentials. Only the one that made up a
 * nonce can check it, so the request that brings it goes there and to nobody else. Nonces are made
 * up by strangers: one counts in its own call only, and only for where the application sends that.
 */
export class Challenges {
  readonly #timing: Timing;
  /** A caller may hear of the challenge as long as his transaction lasts (64·T1). */
  readonly #lifeMs: number;
  readonly #targets = new Map<string, Target>();

  constructor(timing: Timing, lifeMs: number) {
    this.#timing = timing;
    this.#lifeMs = lifeMs;
  }

  /** A destination of a request has answered 401 or 407. */
  remember(request: SipRequest, response: SipResponse, target: Target): void {
    for (const name of ['WWW-Authenticate', 'Proxy-Authenticate']) {
      for (const key of keysOf(request, allHeaders(response, name))) this.#keep(key, target);
    }
  }

  /**
   * Who has asked for the credentials that a request brings; once only.
   * @param destinations where the application wants the request to go, as URIs
   */
  take(request: SipRequest, destinations: readonly string[]): Target | undefined {
    if (this.#targets.size === 0) return undefined;
    for (const name of ['Authorization', 'Proxy-Authorization']) {
      for (const key of keysOf(request, allHeaders(request, name))) {
        const target = this.#targets.get(key);
        this.#targets.delete(key);
        if (target && destinations.includes(target.named)) return target;
      }
    }
    return undefined;
  }

  #keep(key: string, target: Target): void {
    if (this.#targets.size >= most) return;
    this.#targets.set(key, target);
    this.#timing.after(this.#lifeMs, () => {
      if (this.#targets.get(key) === target) this.#targets.delete(key);
    });
  }
}

/** Call, realm and nonce of each `Digest …` value (RFC 7616 §3.3 and §3.4 write them in quotes). */
function keysOf(request: SipRequest, values: readonly string[]): string[] {
  const callId = firstHeader(request, 'Call-ID') ?? '';
  return values.flatMap((value) => {
    const [realm, nonce] = [quotedIn(value, 'realm'), quotedIn(value, 'nonce')];
    return realm === undefined || nonce === undefined ? [] : [`${callId} ${realm} ${nonce}`];
  });
}

function quotedIn(value: string, name: 'realm' | 'nonce'): string | undefined {
  return new RegExp(`[\\s,]${name}\\s*=\\s*"((?:[^"\\\\]|\\\\.)*)"`, 'i').exec(value)?.[1];
}
