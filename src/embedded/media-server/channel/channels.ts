import type { Channel } from './channel.js';

/** Every channel there is, by uuid, and what was counted since the start. */
export class Channels {
  readonly #channels = new Map<string, Channel>();
  readonly #waiting: (() => void)[] = [];
  /** Calls whose channel is being made. */
  opening = 0;
  sinceStart = 0;
  peak = 0;

  get size(): number {
    return this.#channels.size + this.opening;
  }

  get(uuid: string): Channel | undefined {
    return this.#channels.get(uuid);
  }

  all(): readonly Channel[] {
    return [...this.#channels.values()];
  }

  add(channel: Channel): void {
    this.#channels.set(channel.uuid, channel);
    this.sinceStart += 1;
    this.peak = Math.max(this.peak, this.#channels.size);
    channel.onGone(() => {
      this.#channels.delete(channel.uuid);
      if (this.#channels.size === 0) for (const told of this.#waiting.splice(0)) told();
    });
  }

  /** Resolves when no channel is left. */
  empty(): Promise<void> {
    if (this.#channels.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
