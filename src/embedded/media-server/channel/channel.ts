import { randomUUID } from 'node:crypto';
import { EslEvent } from '../esl/event.js';
import type { EventBus } from '../esl/event-bus.js';
import type { PermittedPaths } from '../files/permitted-paths.js';
import type { MediaPort, MediaPortListener } from '../rtp/media-port.js';
import type { AudioSession, Exchanged } from '../sdp/audio-session.js';
import type { CallDialog, DialogUser } from '../sip/call-dialog.js';
import type { Invitation } from '../sip/vetting.js';
import { ChannelVariables } from './channel-variables.js';
import { DigitEars } from './digit-ears.js';
import type { EventStamp } from './event-stamp.js';
import type { HangupCause } from './hangup-cause.js';
import { Player } from './player.js';
import { Recordings, type Recorded } from './recordings.js';
import {
  callVariables,
  localVariables,
  mediaVariables,
  recordedVariables,
  statsVariables,
} from './variables-of-call.js';

/** What all channels of a server share. */
export interface ChannelSurroundings {
  readonly bus: EventBus;
  readonly stamp: EventStamp;
  readonly sounds: PermittedPaths;
  readonly recordings: PermittedPaths;
}

/** An application that a channel is executing. */
export interface Run {
  readonly aborter: AbortController;
  /** Settles when it is over and told. */
  readonly over: Promise<void>;
}

/** What a channel is connected to beside its party: another channel, or a conference. */
export interface Connection {
  readonly otherLeg: Channel | undefined;
  /** Takes this channel out; what becomes of the others is theirs to know. */
  leave(): void;
}

/** Where a channel stands, in FreeSWITCH's words. */
export type ChannelState = 'CS_EXECUTE' | 'CS_SOFT_EXECUTE' | 'CS_PARK' | 'CS_HANGUP';

export interface ChannelParts {
  readonly dialog: CallDialog;
  readonly invitation: Invitation;
  readonly port: MediaPort;
  readonly session: AudioSession;
}

/** How long an application may take to notice that its channel has ended. */
const lastWordsMs = 1_000;

/** One call as FreeSWITCH sees it: a party's dialog and media, and what is done with them. */
export class Channel implements DialogUser, MediaPortListener {
  readonly uuid = randomUUID();
  readonly name: string;
  readonly port: MediaPort;
  readonly player: Player;
  readonly recordings: Recordings;
  readonly sounds: PermittedPaths;
  readonly variables = new ChannelVariables();
  readonly ears = new DigitEars();
  /** The applications running now, the latest last. */
  readonly runs: Run[] = [];
  state: ChannelState = 'CS_EXECUTE';
  connection: Connection | undefined;
  readonly #around: ChannelSurroundings;
  readonly #dialog: CallDialog;
  readonly #session: AudioSession;
  readonly #gone: (() => void)[] = [];
  #cause: HangupCause | undefined;

  constructor(around: ChannelSurroundings, { dialog, invitation, port, session }: ChannelParts) {
    this.#around = around;
    this.#dialog = dialog;
    this.#session = session;
    this.port = port;
    this.sounds = around.sounds;
    this.player = new Player(port);
    const recorded = (recording: Recorded): void => this.#recorded(recording);
    this.recordings = new Recordings(port, around.recordings, recorded);
    const { address, port: sipPort } = dialog.source;
    this.name = `sofia/drachtio_mrf/${address}:${String(sipPort)}`;
    this.variables.learn({ uuid: this.uuid, ...callVariables(dialog, invitation) });
  }

  get gone(): boolean {
    return this.#cause !== undefined;
  }

  /** Told once, when everything that was to be said of the channel has been said. */
  onGone(listener: () => void): void {
    this.#gone.push(listener);
  }

  /** Says on the event socket what happens to this channel. */
  tell(name: string, more: Readonly<Record<string, string>> = {}, body?: string): void {
    const headers = { ...this.#around.stamp.on(name), ...this.headers(), ...more };
    this.#around.bus.publish(new EslEvent(headers, body));
  }

  /** As `tell`, with the variables that applications have set. */
  tellWithVariables(name: string, more: Readonly<Record<string, string>> = {}): void {
    this.tell(name, { ...this.variables.headers('set'), ...more });
  }

  /** Everything about the channel: `CHANNEL_DATA` of `connect` and `uuid_dump`. */
  data(): Record<string, string> {
    const stamp = this.#around.stamp.on('CHANNEL_DATA');
    return { ...stamp, ...this.headers(), ...this.variables.headers('all') };
  }

  headers(): Record<string, string> {
    const other = this.connection?.otherLeg;
    return {
      'Channel-State': this.state,
      'Channel-Call-State': this.gone ? 'HANGUP' : 'ACTIVE',
      'Channel-Name': this.name,
      'Unique-ID': this.uuid,
      'Channel-Unique-ID': this.uuid,
      'Channel-Call-UUID': this.uuid,
      'Call-Direction': 'inbound',
      'Answer-State': this.gone ? 'hangup' : 'answered',
      ...(this.#cause === undefined ? {} : { 'Hangup-Cause': this.#cause }),
      ...(other === undefined ? {} : { 'Other-Leg-Unique-ID': other.uuid }),
    };
  }

  /** The counters of the line as variables, as they are now. */
  noteStats(): void {
    this.variables.learn(statsVariables(this.port.stats()));
  }

  offered(sdp: string): string | undefined {
    return this.#agreed(this.#session.answer(sdp));
  }

  asked(): string {
    const offer = this.#session.offer();
    this.variables.learn(localVariables(this.#session));
    return offer;
  }

  settled(sdp: string): void {
    this.#agreed(this.#session.settle(sdp));
  }

  digit(
    digit: string,
    durationSamples: number,
    source: 'RTP' | 'INBAND',
    ssrc?: number,
    timestamp?: number,
  ): void {
    if (this.gone) return;
    this.tell('DTMF', {
      'DTMF-Digit': digit,
      'DTMF-Duration': String(durationSamples),
      'DTMF-Source': source === 'RTP' ? 'RTP' : 'INBAND_AUDIO',
      ...(ssrc === undefined ? {} : { 'DTMF-SSRC': String(ssrc) }),
      ...(timestamp === undefined ? {} : { 'DTMF-Timestamp': String(timestamp) }),
    });
    this.ears.hear(digit);
  }

  timedOut(): void {
    this.hangup('MEDIA_TIMEOUT');
  }

  ended(cause: HangupCause): void {
    this.#end(cause);
  }

  /** Ends the call: BYE to the party, and whatever runs is over. */
  hangup(cause: HangupCause): void {
    if (this.gone) return;
    this.#dialog.bye(cause);
    this.#end(cause);
  }

  /** Ends what runs: the application on top, or all. */
  interrupt(which: 'top' | 'all'): void {
    const runs = which === 'all' ? [...this.runs] : this.runs.slice(-1);
    for (const { aborter } of runs.reverse()) aborter.abort();
  }

  #agreed(exchanged: Exchanged | undefined): string | undefined {
    if (exchanged === undefined || this.gone) return undefined;
    this.port.agree(exchanged.audio);
    this.variables.learn(mediaVariables(this.#session, exchanged.audio));
    return exchanged.local;
  }

  #end(cause: HangupCause): void {
    if (this.gone) return;
    this.#cause = cause;
    this.state = 'CS_HANGUP';
    this.connection?.leave();
    this.connection = undefined;
    const over = this.runs.map((run) => run.over);
    this.interrupt('all');
    void this.#sayLastWords(over);
  }

  /** The application hears how each of its requests ended before it hears that the channel has. */
  async #sayLastWords(over: readonly Promise<void>[]): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, lastWordsMs);
    });
    await Promise.race([Promise.all([...over, this.recordings.close()]), patience]);
    clearTimeout(timer);
    this.port.close();
    this.tell('CHANNEL_CALLSTATE', { 'Original-Channel-Call-State': 'ACTIVE' });
    this.tellWithVariables('CHANNEL_HANGUP');
    for (const listener of this.#gone.splice(0)) listener();
  }

  #recorded(recorded: Recorded): void {
    for (const [name, value] of Object.entries(recordedVariables(recorded))) {
      this.variables.set(name, value);
    }
    this.tellWithVariables('RECORD_STOP', { 'Record-File-Path': recorded.path });
  }
}
