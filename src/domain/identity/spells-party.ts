import { unmaskParty, type PartyAddress } from '../numbers/party-address.js';
import { RealNumber } from '../numbers/real-number.js';
import { compileNeedles, inspectMessage } from './leak-guard.js';
import type { LegPermitted } from './guard/secrets.js';

const NOTHING: LegPermitted = {
  parties: [],
  dids: [],
  names: [],
  addresses: [],
  callIds: [],
  tags: [],
};

/**
 * Whether a text that is kept in the clear or shown, such as a tenant's reference or a Call-ID,
 * spells the number or the whole SIP address of one of the parties, in any form that the guard
 * knows and whatever parts its digits. A user part alone is no secret here: tenants name their
 * agents after it.
 */
export function spellsParty(text: string, parties: readonly PartyAddress[]): boolean {
  return parties.some((party) => holdsAddress(text, party)) || holdsNumberOf(text, parties);
}

function holdsAddress(text: string, party: PartyAddress): boolean {
  if (party instanceof RealNumber) return false;
  return text.toLowerCase().includes(unmaskParty(party).slice('sip:'.length).toLowerCase());
}

function holdsNumberOf(text: string, parties: readonly PartyAddress[]): boolean {
  const needles = compileNeedles({
    ...{ parties, names: [], addresses: [], callIds: [], tags: [] },
    permitted: NOTHING,
    directMedia: false,
  });
  const parted = text.normalize('NFKC').replace(/[^\p{L}\p{N}]+/gu, '-');
  // Read as start lines: in those anything may stand.
  return [text, parted].some((line) => inspectMessage(needles, line)?.kind === 'number');
}
