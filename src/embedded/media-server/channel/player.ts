import type { FrameSource } from '../audio/frame-source.js';
import type { MediaPort, Playing } from '../rtp/media-port.js';

/** How much of a source was heard, and whether that was all. */
export interface Played {
  readonly how: 'done' | 'break';
  readonly samples: number;
}

interface Turn {
  readonly source: FrameSource;
  readonly finished: (played: Played) => void;
  samples: number;
  playing: Playing | undefined;
}

/**
 * Plays one source at a time to a party. A later one goes first, and what it interrupted goes on
 * where it was: so FreeSWITCH runs an application that arrives while another is running.
 */
export class Player {
  readonly #port: MediaPort;
  readonly #turns: Turn[] = [];

  constructor(port: MediaPort) {
    this.#port = port;
  }

  /** Resolves when all was heard, or the signal was aborted. */
  play(source: FrameSource, signal: AbortSignal): Promise<Played> {
    if (signal.aborted) return Promise.resolve({ how: 'break', samples: 0 });
    return new Promise((resolve) => {
      const stop = (): void => this.#stop(turn);
      const turn: Turn = {
        source,
        samples: 0,
        playing: undefined,
        finished: (played) => {
          signal.removeEventListener('abort', stop);
          resolve(played);
        },
      };
      signal.addEventListener('abort', stop);
      const below = this.#turns.at(-1);
      this.#turns.push(turn);
      if (below !== undefined) this.#suspend(below);
      this.#start(turn);
    });
  }

  #start(turn: Turn): void {
    const playing = this.#port.play(turn.source, (how, samples) => {
      turn.samples += samples;
      // A turn that was suspended has let go of its playing before it is told `break`.
      if (turn.playing === playing) this.#over(turn, how);
    });
    turn.playing = playing;
  }

  #suspend(turn: Turn): void {
    const { playing } = turn;
    turn.playing = undefined;
    playing?.stop();
  }

  #stop(turn: Turn): void {
    if (turn.playing === undefined) this.#over(turn, 'break');
    else turn.playing.stop();
  }

  #over(turn: Turn, how: 'done' | 'break'): void {
    const at = this.#turns.indexOf(turn);
    if (at < 0) return;
    const wasOnTop = at === this.#turns.length - 1;
    this.#turns.splice(at, 1);
    turn.playing = undefined;
    turn.finished({ how, samples: turn.samples });
    const next = this.#turns.at(-1);
    if (wasOnTop && next !== undefined && next.playing === undefined) this.#start(next);
  }
}
