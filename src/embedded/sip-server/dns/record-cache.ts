import type { Cancel, Timing } from '../transaction/timing.js';
import type { Answer, Ask, RecordsByType, RecordType } from './name-server.js';

/** How long a question may keep a call waiting. */
const answerMilliseconds = 2_000;
/** c-ares does not show the TTL of SRV and NAPTR: a minute is what carriers who move traffic set. */
const unstatedMilliseconds = 60_000;
/** A TTL of 0 would have each request of a call ask again; one of weeks would outlive any change. */
const ttlMilliseconds = { least: 1_000, most: 3_600_000 };
/** RFC 2308 §5 without the SOA, which c-ares does not show either: short, for who mends a zone. */
const nothingMilliseconds = 10_000;
/** Before a server that did not answer is asked again. */
const failureMilliseconds = 5_000;
/** The same when there is an old answer to go on with (RFC 8767 §5). */
const staleMilliseconds = 30_000;
/** RFC 8767 §5: what was known longer ago than this is not used any more. */
const oldestMilliseconds = 86_400_000;
const mostRemembered = 4_000;
const mostAsking = 256;
/** A trunk has a handful; an answer of thousands is an attack or a mistake. */
const mostRecords = 32;

type Found<T> = (records: readonly T[]) => void;

interface Remembered {
  readonly records: readonly unknown[];
  readonly untilMs: number;
  /** When a name server last said so. */
  readonly saidAtMs: number;
}

interface Question {
  readonly waiting: Found<never>[];
  readonly giveUp: Cancel;
}

/**
 * DNS records, kept for as long as they hold. A question is asked once, however many calls wait
 * for it, and answered in the order they came; a dead name server costs each call two seconds and
 * the engine nothing. What was known is used again when no answer comes (RFC 8767), so that a
 * trunk outlives its name server.
 */
export class RecordCache {
  readonly #timing: Timing;
  readonly #ask: Ask;
  readonly #known = new Map<string, Remembered>();
  readonly #questions = new Map<string, Question>();
  #asking = 0;

  constructor(timing: Timing, ask: Ask) {
    this.#timing = timing;
    this.#ask = ask;
  }

  /** Calls back at once with what is known; with nothing when there is no such record. */
  get<T extends RecordType>(type: T, name: string, found: Found<RecordsByType[T]>): void {
    const key = `${type} ${name.toLowerCase()}`;
    const known = this.#known.get(key);
    if (known && known.untilMs > this.#timing.now()) {
      found(known.records as readonly RecordsByType[T][]);
      return;
    }
    const asked = this.#questions.get(key);
    if (asked) asked.waiting.push(found);
    else if (this.#asking < mostAsking) this.#begin(key, type, name, found);
    else found(this.#stale(key) as readonly RecordsByType[T][]);
  }

  #begin(key: string, type: RecordType, name: string, found: Found<never>): void {
    const giveUp = this.#timing.after(answerMilliseconds, () => this.#failed(key));
    this.#questions.set(key, { waiting: [found], giveUp });
    this.#asking += 1;
    const done = (tell: () => void): void => {
      this.#asking -= 1;
      tell();
    };
    this.#ask(type, name).then(
      (answer) => done(() => this.#answered(key, answer)),
      () => done(() => this.#failed(key)),
    );
  }

  #answered(key: string, { records, ttlSeconds }: Answer<unknown>): void {
    const nowMs = this.#timing.now();
    const untilMs = nowMs + lifetimeOf(records.length, ttlSeconds);
    const answer = { records: records.slice(0, mostRecords), untilMs, saidAtMs: nowMs };
    this.#remember(key, answer);
    this.#tell(key, answer.records);
  }

  #failed(key: string): void {
    // An answer that came after the time was up has told everyone already.
    if (!this.#questions.has(key)) return;
    const records = this.#stale(key);
    const nowMs = this.#timing.now();
    const pauseMs = records.length > 0 ? staleMilliseconds : failureMilliseconds;
    const saidAtMs = this.#known.get(key)?.saidAtMs ?? nowMs;
    this.#remember(key, { records, untilMs: nowMs + pauseMs, saidAtMs });
    this.#tell(key, records);
  }

  #stale(key: string): readonly unknown[] {
    const known = this.#known.get(key);
    if (known === undefined) return [];
    return this.#timing.now() - known.saidAtMs > oldestMilliseconds ? [] : known.records;
  }

  #tell(key: string, records: readonly unknown[]): void {
    const question = this.#questions.get(key);
    this.#questions.delete(key);
    question?.giveUp();
    for (const found of question?.waiting ?? []) found(records as readonly never[]);
  }

  #remember(key: string, answer: Remembered): void {
    this.#known.delete(key);
    const [oldest] = this.#known.keys();
    if (this.#known.size >= mostRemembered && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(key, answer);
  }
}

function lifetimeOf(count: number, ttlSeconds: number | undefined): number {
  if (count === 0) return nothingMilliseconds;
  if (ttlSeconds === undefined) return unstatedMilliseconds;
  const { least, most } = ttlMilliseconds;
  return Math.min(Math.max(ttlSeconds * 1_000, least), most);
}
