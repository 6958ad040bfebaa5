/**
 * Makes src/domain/numbers/area-codes.ts: which state or district of the US each area code serves.
 *
 *   tsx scripts/make-area-codes.ts path/to/libphonenumber/resources/geocoding/en/1.txt RELEASE
 *
 * Source: the geocoding data of Google's libphonenumber (Apache-2.0), made from the tables of the
 * NANP Administrator. An area code that is in several states is left out, so that it counts as
 * unknown.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

const TARGET = 'src/domain/numbers/area-codes.ts';

const STATES: Readonly<Record<string, string>> = {
  ...{ Alabama: 'AL', Alaska: 'AK', Arizona: 'AZ', Arkansas: 'AR', California: 'CA' },
  ...{ Colorado: 'CO', Connecticut: 'CT', Delaware: 'DE', Florida: 'FL', Georgia: 'GA' },
  ...{ Hawaii: 'HI', Idaho: 'ID', Illinois: 'IL', Indiana: 'IN', Iowa: 'IA', Kansas: 'KS' },
  ...{ Kentucky: 'KY', Louisiana: 'LA', Maine: 'ME', Maryland: 'MD', Massachusetts: 'MA' },
  ...{ Michigan: 'MI', Minnesota: 'MN', Mississippi: 'MS', Missouri: 'MO', Montana: 'MT' },
  ...{ Nebraska: 'NE', Nevada: 'NV', 'New Hampshire': 'NH', 'New Jersey': 'NJ' },
  ...{ 'New Mexico': 'NM', 'New York': 'NY', 'North Carolina': 'NC', 'North Dakota': 'ND' },
  ...{ Ohio: 'OH', Oklahoma: 'OK', Oregon: 'OR', Pennsylvania: 'PA', 'Rhode Island': 'RI' },
  ...{ 'South Carolina': 'SC', 'South Dakota': 'SD', Tennessee: 'TN', Texas: 'TX', Utah: 'UT' },
  ...{ Vermont: 'VT', Virginia: 'VA', 'Washington State': 'WA', 'West Virginia': 'WV' },
  ...{ Wisconsin: 'WI', Wyoming: 'WY', 'Washington D.C.': 'DC' },
};
const CODES = new Set(Object.values(STATES));

/** `California` and `Los Angeles, CA` are CA; undefined for what is not in the US. */
function stateIn(place: string): string | undefined {
  const written = STATES[place] ?? /, ([A-Z]{2})$/.exec(place)?.[1];
  return written !== undefined && CODES.has(written) ? written : undefined;
}

const [source, release] = process.argv.slice(2);
if (source === undefined || release === undefined) {
  throw new Error('usage: make-area-codes.ts 1.txt RELEASE');
}

/** How many of an area code's rows speak for each state. */
const places = new Map<string, Map<string, number>>();
for (const line of readFileSync(source, 'utf8').split('\n')) {
  const [, area, , place] = /^1(\d{3})(\d*)\|(.*)$/.exec(line) ?? [];
  const state = place === undefined ? undefined : stateIn(place.trim());
  if (area === undefined || state === undefined) continue;
  const counted = places.get(area) ?? new Map<string, number>();
  places.set(area, counted.set(state, (counted.get(state) ?? 0) + 1));
}

/** One state, or all but all of many rows: single numbers are ported across a border. */
function only(counted: ReadonlyMap<string, number>): string | undefined {
  const all = [...counted.values()].reduce((sum, n) => sum + n, 0);
  return [...counted].find(([, n]) => n / all > 0.98)?.[0];
}

const areas = new Map<string, string[]>();
for (const [area, counted] of [...places].sort()) {
  const state = only(counted);
  if (state === undefined) continue;
  areas.set(state, [...(areas.get(state) ?? []), area]);
}

const rows = [...areas].sort().map(([state, codes]) => `${state}: '${codes.join(' ')}',`);
const text = `/**
 * The area codes of each state of the US and of the District of Columbia. Made by
 * scripts/make-area-codes.ts from the geocoding data of Google's libphonenumber
 * (resources/geocoding/en/1.txt, ${release}; Apache-2.0); not to be edited by hand.
 */
export const AREA_CODES = {
  ${rows.join('\n  ')}
} as const satisfies Readonly<Record<string, string>>;
`;
const options = await resolveConfig(TARGET);
writeFileSync(TARGET, await format(text, { ...options, parser: 'typescript' }));
console.log(`${[...areas.values()].flat().length} area codes of ${areas.size} states`);
for (const [area, counted] of places) {
  if (counted.size > 1) console.log(area, only(counted) ?? 'left out', Object.fromEntries(counted));
}
