import type { LegRecords } from '../flows/ports/records.js';
import type { SessionHouse } from '../flows/session-house.js';
import type { ApiToken } from './auth.js';
import type { HouseState } from './readiness.js';

/** What the API is made of, as wired in boot. */
export interface HttpDeps {
  readonly house: SessionHouse & { readonly records: LegRecords };
  readonly tokens: readonly ApiToken[];
  /** Asked at every /readyz. */
  readonly state: () => HouseState;
  readonly metrics: { readonly contentType: string; render(): Promise<string> };
  /** Of this product, for /openapi.json. */
  readonly version: string;
}
