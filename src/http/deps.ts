import type { CallControls } from '../flows/call-control.js';
import type { Audit } from '../flows/ports/audit.js';
import type { CallId } from '../domain/records/leg-record.js';
import type { CallToOriginate } from '../flows/originate-call.js';
import type { LegRecords } from '../flows/ports/records.js';
import type { RecordingHouse } from '../flows/recordings/recording-house.js';
import type { SessionHouse } from '../flows/session-house.js';
import type { ApiToken } from './auth.js';
import type { HouseState } from './readiness.js';

/** What the API is made of, as wired in boot. */
export interface HttpDeps {
  readonly house: SessionHouse & { readonly records: LegRecords };
  readonly calls: CallControls;
  /** Recordings that are kept. */
  readonly recordings: Pick<RecordingHouse, 'store' | 'raw' | 'sealed' | 'seals' | 'log'> & {
    readonly audit: Audit;
  };
  /** Calls two participants of a session, one after the other. */
  originate(asked: CallToOriginate): Promise<CallId>;
  readonly tokens: readonly ApiToken[];
  /** Asked at every /readyz. */
  readonly state: () => HouseState;
  readonly metrics: { readonly contentType: string; render(): Promise<string> };
  /** Of this product, for /openapi.json. */
  readonly version: string;
}
