/**
 * What the law of a region asks before a call between others may be recorded, each more than the one
 * before: somebody on the call knows; all have been told and stay; all have said yes.
 */
export const DEMANDS = ['one-party', 'all-party', 'all-party-opt-in'] as const;

export type Demand = (typeof DEMANDS)[number];

export interface LawRow {
  readonly demand: Demand;
  /** Where it is written: statute and section. */
  readonly source: string;
  /** What is uncertain about it, and which reading was chosen. */
  readonly note?: string;
}

const row = (demand: Demand, source: string, note?: string): LawRow =>
  note === undefined ? { demand, source } : { demand, source, note };

export const oneParty = (source: string, note?: string): LawRow => row('one-party', source, note);
export const allParty = (source: string, note?: string): LawRow => row('all-party', source, note);
export const optIn = (source: string, note?: string): LawRow =>
  row('all-party-opt-in', source, note);
