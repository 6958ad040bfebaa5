import { MediaFailed, type MediaFailure } from '../flows/ports/media.js';
import {
  between,
  instant,
  later,
  millis,
  seconds,
  type Clock,
  type Instant,
  type Millis,
} from '../domain/time.js';
import type { EslConnection, EslEvent, FsmrfEndpoint, MediaDialog } from './fsmrf.js';
import { bounded, Ending } from './race.js';

const ANSWER_WITHIN = seconds(5);
/** How long a channel may take to say goodbye on both ropes. */
const GOODBYE_WITHIN = seconds(3);
const CAUSE_WITHIN = millis(50);
const MOVED_WITHIN = millis(250);

export interface ChannelDeps {
  readonly clock: Clock;
  /** A command had no answer, or a wrong one. */
  failed(failure: MediaFailure): void;
}

/**
 * A channel of the server as two ropes, our SIP dialog with it and its connection to us, of which
 * either may tear. Whatever is asked of it settles: with the answer, with its end, or with time.
 */
export class Channel {
  readonly ending = new Ending();
  readonly #connection: EslConnection;
  readonly #dialog: MediaDialog;
  /** FreeSWITCH said goodbye: it has not just vanished. */
  #dismissed = false;
  #cause: string | undefined;
  #told = false;
  #moves = 0;
  #settled: Instant = instant(0);

  /** @throws MediaFailed when one of the ropes is torn already. */
  constructor(
    private readonly endpoint: FsmrfEndpoint,
    private readonly deps: ChannelDeps,
  ) {
    const { conn, dialog } = endpoint;
    if (conn === null || dialog === null) throw new MediaFailed('no-endpoint');
    this.#connection = conn;
    this.#dialog = dialog;
    endpoint.on('destroy', (how?: { reason?: string }) => {
      this.#cause = how?.reason ?? this.#cause;
      this.#ended();
    });
    dialog.on('destroy', () => this.#byeCame());
    // fsmrf writes of each broken connection to the console; `esl::end` tells us all the same.
    conn.removeAllListeners('error');
    conn.on('error', () => undefined);
    conn.on('esl::event::disconnect::notice', () => {
      this.#dismissed = true;
    });
    conn.on('esl::end', () => this.#ended());
    // It keeps the connection for what there is to tell after a hang-up, which else it may lose.
    conn.sendRecv('linger 2', () => undefined);
  }

  get uuid(): string {
    return this.endpoint.uuid;
  }

  get dialog(): MediaDialog {
    return this.#dialog;
  }

  /** Why it ended, in FreeSWITCH's words; undefined when it vanished. */
  get cause(): string | undefined {
    return (
      this.#cause ?? (this.#dismissed || !this.#dialog.connected ? 'NORMAL_CLEARING' : undefined)
    );
  }

  on(event: 'dtmf' | 'playback-start', heard: (what: Record<string, string>) => void): () => void {
    this.endpoint.on(event, heard);
    return () => void this.endpoint.off(event, heard);
  }

  /** The answer to a command that the server carries out at once. */
  async api(command: string, failure: MediaFailure): Promise<string> {
    if (this.ending.over) throw new MediaFailed('gone');
    const answer = new Promise<EslEvent>((resolve) => this.#connection.api(command, resolve));
    try {
      return (await this.bounded(answer, failure)).getBody() ?? '';
    } catch (error) {
      // The next answer could be that to this command: nothing on this connection is sure now.
      this.abandon();
      throw error;
    }
  }

  /** As `api`. @throws MediaFailed unless it says that it was done. */
  async order(command: string, failure: MediaFailure): Promise<void> {
    const answer = await this.api(command, failure);
    if (answer.startsWith('+OK')) return;
    this.deps.failed(failure);
    throw new MediaFailed(failure, errorWord(answer));
  }

  /**
   * As `order`, for what takes channels elsewhere. FreeSWITCH says +OK before it has done so, and a
   * channel that hangs up in between leaves the other of a bridge stuck for ever.
   */
  async move(command: string, others: readonly Channel[] = []): Promise<void> {
    await this.order(command, 'not-bridged');
    for (const channel of [this, ...others]) channel.#moved();
  }

  /** How often it was taken elsewhere: what ran on it then was cut off. */
  get moves(): number {
    return this.#moves;
  }

  /** A dialplan application; resolves with its end. */
  execute(
    app: string,
    arg: string,
    failure: MediaFailure,
    within: Millis | 'unlimited' = ANSWER_WITHIN,
  ): Promise<EslEvent> {
    if (this.ending.over) return Promise.reject(new MediaFailed('gone'));
    return this.bounded(this.endpoint.execute(app, arg), failure, within);
  }

  async bounded<T>(
    work: Promise<T>,
    failure: MediaFailure,
    within: Millis | 'unlimited' = ANSWER_WITHIN,
  ): Promise<T> {
    try {
      const { clock } = this.deps;
      return await bounded(work, { ending: this.ending, clock, within, failure });
    } catch (error) {
      if (!this.ending.over) this.deps.failed(failure);
      throw error;
    }
  }

  /** Hangs up, by whatever of it still works. */
  hangUp(): void {
    if (this.ending.over) return;
    this.#told = true;
    const hangUp = (): void => void this.endpoint.execute('hangup', '').catch(() => undefined);
    const { clock } = this.deps;
    const unsettled = between(clock.now(), this.#settled);
    if (unsettled > 0) clock.after(unsettled, hangUp);
    else hangUp();
    this.#close();
  }

  /** Lets go of both ropes, without waiting for the server. */
  abandon(): void {
    if (this.#dialog.connected) void this.#dialog.destroy().catch(() => undefined);
    this.#connection.socket?.destroy();
    this.ending.end();
  }

  #moved(): void {
    this.#moves += 1;
    this.#settled = later(this.deps.clock.now(), MOVED_WITHIN);
  }

  #byeCame(): void {
    this.#cause ??= 'NORMAL_CLEARING';
    // The cause is told on the other rope, often a moment later.
    this.deps.clock.after(CAUSE_WITHIN, () => this.#close());
  }

  /** It is over, and what is left of it goes soon, whatever the server does. */
  #close(): void {
    this.deps.clock.after(GOODBYE_WITHIN, () => this.abandon());
    this.ending.end();
  }

  #ended(): void {
    if (this.#told) return;
    if (this.#dialog.connected) void this.#dialog.destroy().catch(() => undefined);
    this.ending.end();
  }
}

/** `-ERR Cannot record session!` says what, and no more. */
const errorWord = (answer: string): string | undefined =>
  /^-ERR ([A-Za-z ]{1,40})/.exec(answer)?.[1];
