import type { Verdict } from '../domain/calls/verdict.js';
import type { TenantId } from '../domain/sessions/session.js';
import type { Attempts } from '../domain/ivr/attempts.js';
import type { Did } from '../domain/numbers/did.js';
import type { Tenant } from '../domain/sessions/tenant.js';
import type { Trunk } from '../domain/identity/trunk.js';
import type { Ids } from '../domain/ids.js';
import type { Clock } from '../domain/time.js';
import type { CallControl } from './call-control.js';
import type { PatientLegRecords } from './patient-records.js';
import type { MediaServers } from './ports/media.js';
import type { Prompts } from './ports/prompts.js';
import type { SessionStore } from './ports/sessions.js';
import type { Log, Metrics } from './ports/telemetry.js';
import type { Vault } from './ports/vault.js';
import type { TalkStep } from './talk-step.js';

/** Who owns what, as configured. */
export interface Directory {
  tenant(id: TenantId): Tenant | undefined;
  tenantOfDid(did: Did): Tenant | undefined;
  trunk(name: string): Trunk | undefined;
}

/** A live call's place among the others. */
export interface Place {
  leave(): void;
  /** From here until it leaves the call can be found, and given orders. */
  enlist(control: CallControl): void;
  /** How this call is ended when all must end: a drain that is over, an engine that is lost. */
  onAbort(abort: (verdict: Verdict) => void): void;
}

/** An emergency call is never one too many. */
export type Urgency = 'ordinary' | 'emergency';

/** Whether a further call may start now. */
export interface Admission {
  enter(urgency: Urgency): Place | 'overloaded' | 'draining';
}

/** Everything a call's story needs, as wired in boot/compose.ts. */
export interface House {
  readonly node: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly directory: Directory;
  readonly admission: Admission;
  readonly sessions: SessionStore;
  readonly vault: Vault;
  /** What comes between the answer and the talk, in this order. */
  readonly talkSteps: readonly TalkStep[];
  readonly records: PatientLegRecords;
  readonly media: MediaServers;
  readonly prompts: Prompts;
  /** Who has failed to prove who they are, and how often. */
  readonly attempts: Attempts;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Smallest session interval we accept, in seconds (RFC 4028 §5). */
  readonly minSessionExpires: number;
}
