import type { EslEvent } from './event.js';

/** Whoever hears what happens: the event socket connections. */
export type EventHearer = (event: EslEvent) => void;

/** Brings each event to everybody who listens, in the order of publication. */
export class EventBus {
  readonly #hearers = new Set<EventHearer>();

  publish(event: EslEvent): void {
    for (const hear of this.#hearers) hear(event);
  }

  /** Returns how to stop listening. */
  listen(hearer: EventHearer): () => void {
    this.#hearers.add(hearer);
    return () => void this.#hearers.delete(hearer);
  }
}
