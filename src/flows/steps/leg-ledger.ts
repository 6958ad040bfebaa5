import { onTrunk, type Verdict } from '../../domain/calls/verdict.js';
import type { LegId, LegRecord } from '../../domain/records/leg-record.js';
import { between, type Instant } from '../../domain/time.js';
import type { House, Urgency } from '../house.js';
import type { LegUpdate } from '../ports/records.js';

/** What is known of a leg when it starts. */
type Draft = Omit<LegRecord, 'legId' | 'startedAt' | 'status' | 'node' | keyof typeof BLANK>;

export type EndedBy = NonNullable<LegRecord['endedBy']>;

/**
 * The record of one leg while it lives. A record is written as a draft before the callee's leg sends
 * its first message and ended exactly once; keeping them in order is the record store's duty.
 */
export class LegLedger {
  #rang = false;
  #answeredAt: Instant | undefined;
  #ended = false;

  private constructor(
    readonly legId: LegId,
    readonly startedAt: Instant,
    private readonly draft: LegRecord,
    private readonly house: House,
  ) {}

  /**
   * Opens the record of a caller's leg and does not wait for it: until the callee is dialed nothing
   * has happened that would have to be known after a crash, and the callee's record does wait.
   */
  static begin(draft: Draft, urgency: Urgency, house: House): LegLedger {
    const { ledger, written } = LegLedger.#start(draft, urgency, house);
    written.catch((error: unknown) =>
      house.log.error('Leg record not started', asFields(ledger.legId, error)),
    );
    house.metrics.legStarted(draft.direction);
    return ledger;
  }

  /**
   * Opens the record of a callee's leg; resolves when it and the caller's are safe, and at once in an
   * emergency, which no store may hold up.
   * @throws StoreError when either cannot be written: then the leg must not start.
   */
  static async open(draft: Draft, urgency: Urgency, house: House): Promise<LegLedger> {
    const { ledger, written } = LegLedger.#start(draft, urgency, house);
    await written;
    house.metrics.legStarted(draft.direction);
    return ledger;
  }

  static #start(
    draft: Draft,
    urgency: Urgency,
    house: House,
  ): { readonly ledger: LegLedger; readonly written: Promise<void> } {
    const startedAt = house.clock.now();
    // The spreads last: V8 gives an object that begins with one a shape of its own, and this one cost
    // 15 µs and left 5 KB behind.
    const record: LegRecord = {
      legId: house.ids.next('leg') as LegId,
      startedAt,
      status: 'initiated',
      node: house.node,
      ...BLANK,
      ...draft,
    };
    const ledger = new LegLedger(record.legId, startedAt, record, house);
    if (urgency === 'ordinary') return { ledger, written: house.records.start(record) };
    house.records.startWhenPossible(record);
    return { ledger, written: Promise.resolve() };
  }

  know(change: LegUpdate): void {
    this.#write(change);
  }

  /** The first sign of ringing counts; a callee may repeat it as often as it likes. */
  ringing(): void {
    if (this.#rang) return;
    this.#rang = true;
    const ringingAt = this.house.clock.now();
    this.#write({ ringingAt, status: 'ringing' });
  }

  answered(): void {
    if (this.#ended) return;
    this.#answeredAt = this.house.clock.now();
    this.#write({ answeredAt: this.#answeredAt, status: 'in-progress' });
  }

  /** Ends the record; later calls change nothing, because a leg ends once. */
  end(ending: Verdict, endedBy: EndedBy, sipStatus: number | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    const { metrics, clock, records, log, directory } = this.house;
    const { leg, trunk } = this.draft;
    // The way to the callee is the callee's trunk; the caller's leg hears what the call ended with.
    const atFault = leg === 'b' && trunk !== undefined ? directory.trunk(trunk) : undefined;
    const verdict = onTrunk(ending, atFault);
    const endedAt = clock.now();
    metrics.legEnded(this.draft.direction);
    records
      .end(this.legId, {
        endedAt,
        status: this.#answeredAt === undefined ? verdict.status : 'completed',
        endedBy,
        sipStatus: this.#answeredAt === undefined ? (sipStatus ?? verdict.sip) : 200,
        q850Cause: verdict.q850,
        result: verdict.result,
        reason: verdict.reason,
      })
      .catch((error: unknown) => log.error('Leg record not ended', asFields(this.legId, error)));
  }

  /** How long the leg has talked, or undefined when it was never answered. */
  talkedFor(now: Instant): ReturnType<typeof between> | undefined {
    return this.#answeredAt === undefined ? undefined : between(this.#answeredAt, now);
  }

  #write(change: LegUpdate): void {
    if (this.#ended) return;
    this.house.records
      .update(this.legId, change)
      .catch((error: unknown) =>
        this.house.log.error('Leg record not updated', asFields(this.legId, error)),
      );
  }
}

const asFields = (leg: LegId, error: unknown): { leg: string; err: Error } => ({
  leg,
  err: error instanceof Error ? error : new Error('unknown failure'),
});

/** What a fresh record does not know yet. */
const BLANK = {
  ringingAt: undefined,
  answeredAt: undefined,
  consentOutcome: undefined,
  endedAt: undefined,
  endedBy: undefined,
  sipStatus: undefined,
  q850Cause: undefined,
  result: undefined,
  reason: undefined,
  recordingId: undefined,
} as const;
