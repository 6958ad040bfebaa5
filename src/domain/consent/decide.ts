import { DEMANDS, type Demand } from './law-row.js';
import { lawOf } from './law.js';
import {
  MEASURES,
  type ConsentMode,
  type ConsentPolicy,
  type ConsentRole,
  type Measure,
  type RolePolicy,
} from './policy.js';
import { countryOfRegion, type Region } from './region.js';

/** What is asked of one party, and why: this is what is kept of the decision. */
export interface LegRuling {
  readonly role: ConsentRole;
  readonly measure: Measure;
  /** The region whose rule it was, the party's own or the other's. */
  readonly region: Region;
  /** The row of the law table that was looked at for that region. */
  readonly rule: Region;
  /** The tenant's mode that was applied. */
  readonly mode: ConsentMode;
}

export interface ConsentQuestion {
  readonly role: ConsentRole;
  /** The role of the party at the other end. */
  readonly other: ConsentRole;
  /** Where the two parties are. */
  readonly regions: readonly [Region, Region];
  readonly policy: ConsentPolicy;
  /** Whether the call may be recorded at all; by law nobody has to be told of nothing. */
  readonly recording: boolean;
}

/**
 * What a party has to hear or to say before its call may be recorded. The regions of both parties
 * count for each of them, and the strictest wins: the law of either may be broken by recording the
 * other. The tenant's policy may say otherwise for a region, to more or to less.
 */
export function decide(question: ConsentQuestion): LegRuling {
  const { role, other: opposite, regions, policy, recording } = question;
  const rulings = regions.map((region): LegRuling => {
    const { row, demand } = lawOf(region);
    const mode = modeFor(region, policy.roles[role]);
    const measure = measureOf(mode, recording ? required(demand, role, opposite) : 'nothing');
    return { role, measure, region, rule: row, mode };
  });
  const [one, another] = rulings as [LegRuling, LegRuling];
  return goesBefore(another, one) ? another : one;
}

/** The stricter measure, and of two equal ones that of the stricter law: it tells more. */
function goesBefore(a: LegRuling, b: LegRuling): boolean {
  if (a.measure !== b.measure) return stricter(b.measure, a.measure);
  const demand = (ruling: LegRuling): number => DEMANDS.indexOf(lawOf(ruling.region).demand);
  return demand(a) > demand(b);
}

/** Whether `b` asks for more than `a`. */
export const stricter = (a: Measure, b: Measure): boolean =>
  MEASURES.indexOf(b) > MEASURES.indexOf(a);

/**
 * What the law's demand means for a party. Where one party is enough it has to be one of the two,
 * for we are none: the agent is told, who works for the one that records. Between two customers
 * there is nobody of that kind, so both are.
 */
export function required(demand: Demand, role: ConsentRole, other: ConsentRole): Measure {
  if (demand === 'all-party-opt-in') return 'opt-in';
  if (demand === 'all-party') return 'announce';
  return role === 'agent' || other === 'customer' ? 'announce' : 'nothing';
}

function modeFor(region: Region, { mode, regions }: RolePolicy): ConsentMode {
  return regions.get(region) ?? regions.get(countryOfRegion(region) as Region) ?? mode;
}

function measureOf(mode: ConsentMode, byLaw: Measure): Measure {
  if (mode === 'by-law') return byLaw;
  return mode === 'off' ? 'nothing' : mode;
}
