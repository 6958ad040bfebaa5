/** What went wrong without ending anything but, at most, one message. */
export interface Fault {
  /** `trouble`: with a socket or a peer, and `text` says which; `bug`: something nobody foresaw. */
  readonly kind: 'trouble' | 'bug';
  /** The name of the error. */
  readonly type: string;
  readonly text: string;
  /** Where in the code: the innermost frames. */
  readonly at: string;
  /** How often since it was last told. */
  readonly times: number;
}

/** The same fault is told of again after this long, in ms, and only if it has happened again. */
const againAfterMs = 60_000;
/** Kinds of faults kept apart; what exceeds them is counted with the last. */
const mostKept = 16;
const longestText = 300;
const mostFrames = 8;

interface Kept {
  readonly fault: Omit<Fault, 'times'>;
  times: number;
  toldAtMs: number;
}

/**
 * Keeps what went wrong until somebody asks: each fault at once when it is new, and once a minute how
 * often it came again. However fast a peer makes us stumble, that is sixteen lines a minute.
 */
export class Faults {
  readonly #now: () => number;
  readonly #kept = new Map<string, Kept>();

  constructor(timing: { now(): number }) {
    this.#now = () => timing.now();
  }

  readonly bug = (error: unknown): void => this.#note('bug', error);

  readonly trouble = (error: unknown): void => this.#note('trouble', error);

  take(): Fault[] {
    const now = this.#now();
    const due = [...this.#kept.values()].filter(({ toldAtMs }) => now - toldAtMs >= againAfterMs);
    const news = due.filter(({ times }) => times > 0);
    const told = news.map(({ fault, times }) => ({ ...fault, times }));
    for (const one of news) {
      one.times = 0;
      one.toldAtMs = now;
    }
    for (const [key, { times, toldAtMs }] of this.#kept) {
      if (times === 0 && now - toldAtMs >= againAfterMs) this.#kept.delete(key);
    }
    return told;
  }

  #note(kind: Fault['kind'], error: unknown): void {
    const fault = { kind, ...whatOf(error) };
    const key = kind === 'trouble' ? fault.text : `${fault.type} ${fault.at}`;
    const known = this.#kept.get(key);
    if (known !== undefined) known.times += 1;
    else if (this.#kept.size < mostKept) {
      this.#kept.set(key, { fault, times: 1, toldAtMs: -Infinity });
    } else this.#countWithLast();
  }

  #countWithLast(): void {
    const last = [...this.#kept.values()].at(-1);
    if (last !== undefined) last.times += 1;
  }
}

function whatOf(error: unknown): Pick<Fault, 'type' | 'text' | 'at'> {
  if (!(error instanceof Error)) return { type: typeof error, text: '', at: '' };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^ {4}at \S/.test(line));
  const at = frames.slice(0, mostFrames).join('\n');
  return { type: error.name, text: error.message.slice(0, longestText), at };
}
