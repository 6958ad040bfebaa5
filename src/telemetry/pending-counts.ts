import type { LabelValues } from './metric-labels.js';

/** What is to be added to one series of a counter. */
export interface PendingCount<Name extends string> {
  readonly name: Name;
  readonly labels: LabelValues;
  count: number;
}

/**
 * Events between two scrapes. A call counts some fifteen messages, and prom-client checks and hashes
 * the labels of each; nobody sees a counter before it is scraped, so once per series is enough.
 */
export class PendingCounts<Name extends string> {
  readonly #bySeries = new Map<string, PendingCount<Name>>();

  get size(): number {
    return this.#bySeries.size;
  }

  /** @param labels in the same order each time. */
  add(name: Name, labels: LabelValues): void {
    let series: string = name;
    for (const value of Object.values(labels)) series += `|${value}`;
    const pending = this.#bySeries.get(series);
    if (pending === undefined) this.#bySeries.set(series, { name, labels, count: 1 });
    else pending.count += 1;
  }

  /** All that was added since the last time. */
  take(): PendingCount<Name>[] {
    const all = [...this.#bySeries.values()];
    this.#bySeries.clear();
    return all;
  }
}
