import type { PartyAddress } from '../numbers/party-address.js';
import { RealNumber } from '../numbers/real-number.js';
import { usStateOf } from '../numbers/us-state.js';

/** ISO 3166: a country (`DE`), or a state of the US (`US-CA`); `unknown` when nothing tells. */
export type Region = string & { readonly brand: 'Region' };

export const UNKNOWN_REGION = 'unknown' as Region;

export const region = (text: string): Region => text as Region;

/** `US` of `US-CA`, `DE` of `DE`. */
export const countryOfRegion = (of: Region): string => of.slice(0, 2);

/**
 * Where a party is taken to be, by its number. Who withholds that may be anywhere.
 * @param reached where parties are that have a SIP address instead.
 */
export function regionOf(party: PartyAddress | undefined, reached: Region): Region {
  if (party === undefined) return UNKNOWN_REGION;
  if (!(party instanceof RealNumber)) return reached;
  const { country } = party;
  if (country === undefined) return UNKNOWN_REGION;
  if (country !== 'US') return region(country);
  const state = usStateOf(party);
  return region(state === undefined ? 'US' : `US-${state}`);
}
