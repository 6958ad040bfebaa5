import { verdict } from '../domain/calls/verdict.js';
import type { CallId, LegId, LegRecord } from '../domain/records/leg-record.js';
import { Roll } from '../domain/roll.js';
import { millis, type Clock, type Instant } from '../domain/time.js';
import type { LegRecords, LegUpdate } from './ports/records.js';
import { StoreError } from './ports/store-error.js';
import type { Log } from './ports/telemetry.js';

const RETRY_AFTER = millis(500);

type Ending = Parameters<LegRecords['end']>[1];

/** What is not known to be written of one leg: its changes as one, and its end if it has come. */
interface Due {
  /** Set for a leg that went on before its record was safe. */
  readonly start?: LegRecord;
  readonly change: LegUpdate;
  readonly ending: Ending | undefined;
}

export interface PatientLegRecords extends LegRecords {
  /**
   * Starts the record of a leg that goes on whether it can be written or not, as those of emergency
   * calls do: what the store cannot take now, it gets when it is back.
   */
  startWhenPossible(leg: LegRecord): void;
}

/**
 * Leg records that outlast a store which is locked or full for a while: what cannot be written now
 * waits and is written when the store is back, so that calls go on and no record is lost while the
 * process lives. What waits for one leg is kept as one change and one end, so a long absence costs
 * no more than one entry for each leg. The start of an ordinary leg does not wait for the store to be
 * back: without a record no leg starts, and the callee's does not without the caller's either.
 */
export function patientRecords(store: LegRecords, clock: Clock, log: Log): PatientLegRecords {
  const waiting = new WaitingRecords(store, clock, log);
  const starts = new Starts(store);
  const end: LegRecords['end'] = (legId, ending) => {
    starts.forget(legId);
    return waiting.put(legId, { change: {}, ending });
  };
  return {
    start: async (leg) => {
      if (leg.leg === 'a') return starts.caller(leg);
      const unsafe = await starts.callee(leg);
      if (unsafe === undefined) return;
      void end(leg.legId, neverDialed(clock.now()));
      throw unsafe.error;
    },
    startWhenPossible: (leg) =>
      void waiting.put(leg.legId, { start: leg, change: {}, ending: undefined }),
    update: (legId, change) => waiting.put(legId, { change, ending: undefined }),
    end,
    list: (filter) => store.list(filter),
    legsOf: (tenant, callId) => store.legsOf(tenant, callId),
    endAbandoned: (node, reason, at) => store.endAbandoned(node, reason, at),
    countOpen: () => store.countOpen(),
  };
}

/** The starts of callers' legs that their calls' other legs depend on. */
class Starts {
  /** On their way, or failed; until they are safe or the leg has ended. */
  readonly #unsafe = new Roll<CallId, Promise<void>>();
  readonly #callOf = new Roll<LegId, CallId>();

  constructor(private readonly store: LegRecords) {}

  async caller(leg: LegRecord): Promise<void> {
    const written = this.store.start(leg);
    this.#unsafe.set(leg.callId, written);
    this.#callOf.set(leg.legId, leg.callId);
    await written;
    this.forget(leg.legId);
  }

  /**
   * Both are on their way together, so that they share one commit.
   * @returns the failure of the caller's record, when the callee's was written without it.
   */
  async callee(leg: LegRecord): Promise<{ readonly error: unknown } | undefined> {
    const callers = this.#unsafe.get(leg.callId)?.then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    await this.store.start(leg);
    return callers;
  }

  forget(legId: LegId): void {
    const callId = this.#callOf.get(legId);
    if (callId !== undefined) this.#unsafe.delete(callId);
    this.#callOf.delete(legId);
  }
}

/** How the record of a callee's leg ends that was not dialed because the caller's has no record. */
function neverDialed(endedAt: Instant): Ending {
  const { status, sip, q850, result, reason } = verdict('store-unavailable');
  const endedBy = 'system';
  return { endedAt, status, endedBy, sipStatus: sip, q850Cause: q850, result, reason };
}

class WaitingRecords {
  /** What is not known to be written of each leg, be it on its way or waiting. */
  readonly #due = new Roll<LegId, Due>();
  #away = false;

  constructor(
    private readonly store: LegRecords,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /**
   * Resolves when the change is written, or waits for a store that is away. It is handed over at
   * once, so that a store which commits many writes together has them all, above all when it closes.
   * With it goes what is still on its way for the leg: should that fail, an end would have overtaken
   * an answer, and an ended record takes no more changes.
   */
  async put(legId: LegId, more: Due): Promise<void> {
    const due = merged(this.#due.get(legId), more);
    this.#due.set(legId, due);
    if (this.#away) return;
    const failure = await this.#write(legId, due);
    if (failure !== undefined) this.#wait(failure.error);
  }

  async #write(legId: LegId, due: Due): Promise<{ readonly error: unknown } | undefined> {
    const { start, change, ending } = due;
    // Handed over in one turn, so that no change overtakes the start it needs.
    const writes = start === undefined ? [] : [this.#startAnew(start)];
    if (ending !== undefined) {
      writes.push(this.store.end(legId, Object.assign({}, change, said(ending) as Ending)));
    } else if (start === undefined || Object.keys(change).length > 0) {
      writes.push(this.store.update(legId, change));
    }
    try {
      await Promise.all(writes);
    } catch (error) {
      return { error };
    }
    // Unless more was told meanwhile, which is on its way itself or waits.
    if (this.#due.get(legId) === due) this.#due.delete(legId);
    return undefined;
  }

  /** A start may have been written although we were not told so, or be on its way twice. */
  async #startAnew(leg: LegRecord): Promise<void> {
    try {
      await this.store.start(leg);
    } catch (error) {
      if (!(error instanceof StoreError && error.fault === 'conflict')) throw error;
    }
  }

  #wait(error: unknown): void {
    if (this.#away) return;
    this.#away = true;
    this.log.error('Leg records wait for the store', {
      err: error instanceof Error ? error : undefined,
    });
    this.#retryLater();
  }

  #retryLater(): void {
    this.clock.after(RETRY_AFTER, () => void this.#catchUp());
  }

  /** All at once: one bad row must hold up no other. Whoever comes meanwhile is seen. */
  async #catchUp(): Promise<void> {
    while (this.#due.size > 0) {
      const all = [...this.#due].map(([legId, due]) => this.#write(legId, due));
      const failures = await Promise.all(all);
      if (failures.some((failure) => failure !== undefined)) {
        this.#retryLater();
        return;
      }
    }
    this.#away = false;
    this.log.info('Leg records that waited are written');
  }
}

/** After its end a leg's record changes no more; only the first end counts. */
function merged(first: Due | undefined, then: Due): Due {
  if (first === undefined) return then;
  if (first.ending !== undefined) return first;
  return {
    ...first,
    change: Object.assign({}, first.change, said(then.change)),
    ending: then.ending,
  };
}

/** The store takes undefined for "not said", so it must not undo what was said before. */
const said = (change: LegUpdate): LegUpdate =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
