import { COUNTRY_LAW } from './country-law.js';
import { optIn, type Demand, type LawRow } from './law-row.js';
import { UNKNOWN_REGION, countryOfRegion, type Region } from './region.js';
import { US_LAW } from './us-law.js';

/** When the rows were last gone through. They are a starting point and no legal advice. */
export const LAW_AS_OF = '2026-11';

/** What counts where no row does: the strictest. */
const UNKNOWN = optIn('none', 'Nobody has looked up this region: the strictest stands.');

export const LAW: ReadonlyMap<string, LawRow> = new Map(
  Object.entries({ ...COUNTRY_LAW, ...US_LAW }),
);

/** A row with the name under which a decision is kept. */
export interface Law {
  readonly row: Region;
  readonly demand: Demand;
  readonly source: string;
}

/** The law of a region: its own row, else that of its country, else the strictest. */
export function lawOf(region: Region): Law {
  for (const name of [region, countryOfRegion(region)]) {
    const found = LAW.get(name);
    if (found !== undefined) return { row: name as Region, ...found };
  }
  return { row: UNKNOWN_REGION, ...UNKNOWN };
}
