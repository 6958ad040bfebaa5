import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { DigestCredentials } from '../domain/identity/trunk.js';
import { millis, seconds, type Clock } from '../domain/time.js';
import { splitAtCommas } from './name-addr.js';

/** How long a nonce is good for; then the peer is told `stale` and answers again by itself. */
const NONCE_LIFE = seconds(60);
const REALM = 'callveil';

export type DigestOutcome = 'ok' | 'stale' | 'wrong';

interface Shown {
  readonly username: string;
  readonly nonce: string;
  readonly uri: string;
  readonly response: string;
  readonly cnonce: string;
  readonly nc: string;
  readonly qop: string;
}

/**
 * Digest authentication of peers (RFC 3261 §22, RFC 7616). Nonces are stateless: a time and an
 * HMAC over it and the peer's address, so that a flood of challenges costs no memory; only the
 * nonces that were used are remembered, for their counts must grow.
 */
export class DigestGate {
  readonly #secret = randomBytes(32);
  readonly #counts = new LRUCache<string, number>({ max: 10_000 });

  constructor(private readonly clock: Clock) {}

  /** Value of Proxy-Authenticate. MD5, because that is what PBXs and carriers answer. */
  challenge(source: string, stale = false): string {
    const nonce = this.#nonce(source);
    return `Digest realm="${REALM}", nonce="${nonce}", algorithm=MD5, qop="auth"${stale ? ', stale=true' : ''}`;
  }

  /** Checks Proxy-Authorization of `method` from `source` against the peer's credentials. */
  check(
    header: string,
    method: string,
    source: string,
    credentials: DigestCredentials,
  ): DigestOutcome {
    const shown = readAuthorization(header);
    if (shown === undefined || !same(shown.username, credentials.username)) return 'wrong';
    if (!this.#isOurs(shown.nonce, source)) return 'stale';
    if (!same(shown.response, expected(shown, method, credentials))) return 'wrong';
    // A captured answer must not open the door twice (RFC 7616 §3.4, nc).
    const count = Number.parseInt(shown.nc, 16);
    if (!(count > (this.#counts.get(shown.nonce) ?? 0))) return 'stale';
    this.#counts.set(shown.nonce, count);
    return 'ok';
  }

  #nonce(source: string): string {
    const at = this.clock.now().toString(36);
    return `${at}.${this.#seal(at, source)}`;
  }

  #isOurs(nonce: string, source: string): boolean {
    const [at = '', seal = ''] = nonce.split('.');
    if (!same(seal, this.#seal(at, source))) return false;
    const age = millis(this.clock.now() - Number.parseInt(at, 36));
    return age >= 0 && age <= NONCE_LIFE;
  }

  #seal(at: string, source: string): string {
    return createHmac('sha256', this.#secret).update(`${at} ${source}`).digest('hex').slice(0, 32);
  }
}

function expected(shown: Shown, method: string, { username, password }: DigestCredentials): string {
  const a1 = md5(`${username}:${REALM}:${password}`);
  const a2 = md5(`${method}:${shown.uri}`);
  return md5([a1, shown.nonce, shown.nc, shown.cnonce, shown.qop, a2].join(':'));
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

function same(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Undefined unless it is a Digest answer with qop=auth, the only kind we ask for. */
function readAuthorization(header: string): Shown | undefined {
  const params = /^\s*digest\s+(.*)$/is.exec(header)?.[1];
  if (params === undefined) return undefined;
  const fields = new Map(
    splitAtCommas(params).flatMap((part): [string, string][] => {
      const match = /^([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s]*))$/.exec(part);
      return match ? [[(match[1] ?? '').toLowerCase(), match[2] ?? match[3] ?? '']] : [];
    }),
  );
  const get = (name: string): string => fields.get(name) ?? '';
  if (get('qop').toLowerCase() !== 'auth') return undefined;
  return {
    username: get('username'),
    nonce: get('nonce'),
    uri: get('uri'),
    response: get('response').toLowerCase(),
    cnonce: get('cnonce'),
    nc: get('nc'),
    qop: get('qop'),
  };
}

/** The user name that an Authorization header claims, to pick the trunk it may belong to. */
export function claimedUser(header: string): string | undefined {
  return readAuthorization(header)?.username;
}
