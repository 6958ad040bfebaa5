import type { ConsentPolicy } from '../consent/policy.js';
import type { IvrPolicy } from '../ivr/ivr-policy.js';
import type { RecordingPolicy } from '../recordings/recording-policy.js';
import type { Did } from '../numbers/did.js';
import type { SessionKind, TenantId } from './session.js';
import type { Millis } from '../time.js';

export type EmergencyPolicy =
  | { readonly action: 'refuse' }
  /** Sent unmasked, with the caller's own identity and location, to this trunk. */
  | { readonly action: 'route'; readonly trunk: string };

/** A brand or business unit: its own DIDs, trunks and policies. */
export interface Tenant {
  readonly id: TenantId;
  /** ISO 3166 alpha-2: how national numbers given by this tenant are read. */
  readonly country: string;
  readonly dids: readonly Did[];
  /** Shown when an agent dials a raw number for which no session exists; undefined: not allowed. */
  readonly businessNumber: Did | undefined;
  readonly rawDialing: 'refuse' | 'allow';
  readonly emergency: EmergencyPolicy;
  /** Further numbers that count as emergency numbers, as dialed. */
  readonly emergencyNumbers: readonly string[];
  /** The trunk on which calls to participants reached by carrier leave. */
  readonly carrierTrunk: string;
  /** The trunk on which calls to the PBX leave. */
  readonly pbxTrunk: string;
  /** Lifetime by kind when the API call names none; undefined: until closed. */
  readonly defaultTtl: Readonly<Record<SessionKind, Millis | undefined>>;
  /** What each party is asked before a call is recorded. */
  readonly consent: ConsentPolicy;
  readonly recording: RecordingPolicy;
  /** What becomes of callers whose call leads nowhere. */
  readonly ivr: IvrPolicy;
}
