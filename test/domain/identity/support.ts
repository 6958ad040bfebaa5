import type { IdentityProfile, Trunk } from '../../../src/domain/identity/trunk.js';
import type { LegSecrets } from '../../../src/domain/identity/leak-guard.js';
import { RealNumber } from '../../../src/domain/numbers/real-number.js';
import { seconds } from '../../../src/domain/time.js';

export const PLAIN_PROFILE: IdentityProfile = {
  headers: ['from', 'pai'],
  numberFormat: 'e164',
  privacy: undefined,
  domain: undefined,
  displayName: undefined,
};

/** A carrier trunk with `changes`. */
export function aTrunk(changes: Partial<Trunk> = {}): Trunk {
  return {
    name: 'carrier',
    role: 'carrier',
    tenant: undefined,
    sources: ['203.0.113.0/24'],
    listenPort: undefined,
    inboundCredentials: undefined,
    outboundCredentials: undefined,
    targets: ['sip:sbc1.carrier.example'],
    identity: PLAIN_PROFILE,
    callerIdFrom: ['pai', 'from'],
    aorDomain: undefined,
    country: 'US',
    media: 'direct',
    noAnswerAfter: seconds(60),
    progressWithin: seconds(6),
    sessionExpires: undefined,
    ...changes,
  };
}

export function number(e164: string): RealNumber {
  const parsed = RealNumber.parse(e164);
  if (parsed === undefined) throw new Error(`${e164} is no number`);
  return parsed;
}

const NOTHING_PERMITTED = {
  parties: [],
  dids: [],
  names: [],
  addresses: [],
  callIds: [],
  tags: [],
};

/** Secrets of a leg with `changes`; empty otherwise. */
export function secretsWith(
  changes: Partial<Omit<LegSecrets, 'permitted'>>,
  permitted: Partial<LegSecrets['permitted']> = {},
): LegSecrets {
  return {
    parties: [],
    names: [],
    addresses: [],
    callIds: [],
    tags: [],
    directMedia: false,
    ...changes,
    permitted: { ...NOTHING_PERMITTED, ...permitted },
  };
}
