import { MediaFailed, type Sound } from '../flows/ports/media.js';
import { millis, minutes, seconds, type Clock, type Timer } from '../domain/time.js';
import type { Channel } from './channel.js';
import { fileOf, isFinite } from './sounds.js';

/** A list of sounds that ends by itself has ended by then. */
const LONGEST = minutes(15);
const BEGIN_WITHIN = seconds(4);
/** A break may come before the file is open, and is then forgotten: it is said until it is heard. */
const BREAK_EVERY = millis(250);
const MOST_BREAKS = 12;

const FAILED = new Set(['FILE NOT FOUND', 'PLAYBACK ERROR']);

export interface PlaybackDeps {
  readonly clock: Clock;
  /** Whether the server has the file; FreeSWITCH leaves one out that it has not, and says nothing. */
  has(path: string): Promise<boolean>;
  /** From the command to the first packet, or nearly. */
  started(after: number): void;
}

/** @throws MediaFailed `not-played` or `gone` */
export async function play(
  channel: Channel,
  sounds: readonly Sound[],
  stop: AbortSignal,
  deps: PlaybackDeps,
): Promise<'played' | 'stopped'> {
  const file = fileOf(sounds);
  if (sounds.length > 1) await allThere(sounds, deps);
  if (isOver(stop)) return 'stopped';
  const { moves } = channel;
  const begun = deps.clock.now();
  const breaker = new Breaker(channel, stop, deps.clock);
  // A channel may be stuck, and then takes commands but carries out none.
  const late = deps.clock.after(BEGIN_WITHIN, () => breaker.giveUp('does not begin'));
  const forget = channel.on('playback-start', () => {
    late.cancel();
    breaker.start();
    deps.started(deps.clock.now() - begun);
  });
  try {
    const within = isFinite(sounds) ? LONGEST : 'unlimited';
    const end = await Promise.race([
      channel.execute('playback', file, 'not-played', within),
      breaker.unheard,
    ]);
    const answer = end.getHeader('Application-Response') ?? '';
    if (end.getHeader('Answer-State') === 'hangup') throw new MediaFailed('gone');
    // A bridge cuts off what is played before, which FreeSWITCH calls an error.
    if (channel.moves !== moves) return 'stopped';
    if (FAILED.has(answer)) throw new MediaFailed('not-played', answer.toLowerCase());
    return isOver(stop) ? 'stopped' : 'played';
  } finally {
    forget();
    late.cancel();
    breaker.rest();
  }
}

async function allThere(sounds: readonly Sound[], deps: PlaybackDeps): Promise<void> {
  for (const sound of sounds) {
    if (sound.is !== 'file' || (await deps.has(sound.path))) continue;
    throw new MediaFailed('not-played', 'file not found');
  }
}

/** Ends a playback when it is told to, but not before it has begun. */
class Breaker {
  /** Rejects when the server goes on playing. */
  readonly unheard: Promise<never>;
  #started = false;
  #breaks = 0;
  #timer: Timer | undefined;
  #fail: (why: MediaFailed) => void = () => undefined;

  constructor(
    private readonly channel: Channel,
    private readonly stop: AbortSignal,
    private readonly clock: Clock,
  ) {
    this.unheard = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.unheard.catch(() => undefined);
    stop.addEventListener('abort', this.#stopped);
  }

  start(): void {
    this.#started = true;
    if (this.stop.aborted) this.#break();
  }

  giveUp(why: string): void {
    this.#fail(new MediaFailed('not-played', why));
  }

  rest(): void {
    this.stop.removeEventListener('abort', this.#stopped);
    this.#timer?.cancel();
  }

  readonly #stopped = (): void => {
    if (this.#started) this.#break();
    // A file that does not begin within that time will not.
    else this.#timer = this.clock.after(BREAK_EVERY, () => this.#break());
  };

  #break(): void {
    this.#timer?.cancel();
    this.#breaks += 1;
    if (this.#breaks > MOST_BREAKS) {
      this.giveUp('does not stop');
      return;
    }
    this.channel.api(`uuid_break ${this.channel.uuid}`, 'not-played').catch(() => undefined);
    this.#timer = this.clock.after(BREAK_EVERY, () => this.#break());
  }
}

/** Asked anew each time: it changes while we wait. */
const isOver = (stop: AbortSignal): boolean => stop.aborted;
