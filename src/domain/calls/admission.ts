import type { VerdictReason } from './verdict.js';

/** What an INVITE asks of us as a user agent, before anyone looks at who calls whom. */
export interface Demands {
  /** What every INVITE must have is missing or unreadable. */
  readonly malformed: boolean;
  readonly hopsLeft: number;
  readonly foreignBody: boolean;
  readonly required: readonly string[];
  readonly sessionExpires: number | undefined;
  readonly badScheme: boolean;
}

/** Option tags that we understand when a caller requires them (RFC 3262, RFC 4028). */
const UNDERSTOOD = new Set(['100rel', 'timer']);

/** The option tags of Require that we do not understand; named in Unsupported (RFC 3261 §8.2.2.3). */
export function unsupportedOf(required: readonly string[]): string[] {
  return required.filter((tag) => !UNDERSTOOD.has(tag.toLowerCase()));
}

/** Why the INVITE cannot be served at all, in the order of RFC 3261 §8.2 and §16.3. */
export function refusalOf(demands: Demands, minSessionExpires: number): VerdictReason | undefined {
  if (demands.malformed) return 'bad-request';
  if (demands.badScheme) return 'bad-uri-scheme';
  if (demands.hopsLeft < 0) return 'too-many-hops';
  if (unsupportedOf(demands.required).length > 0) return 'bad-extension';
  if (demands.foreignBody) return 'bad-content-type';
  const { sessionExpires } = demands;
  if (sessionExpires !== undefined && sessionExpires < minSessionExpires) {
    return 'session-interval-too-small';
  }
  return undefined;
}
