import { MediaPort } from '../rtp/media-port.js';
import type { Metronome } from '../rtp/metronome.js';
import type { PortPool } from '../rtp/port-pool.js';
import { AudioSession } from '../sdp/audio-session.js';
import type { CallDialog } from '../sip/call-dialog.js';
import type { CallTaker } from '../sip/user-agent-server.js';
import type { Controller, Invitation, Refusal } from '../sip/vetting.js';
import { Channel, type ChannelSurroundings } from './channel.js';
import type { Channels } from './channels.js';

export interface IncomingCallsOptions {
  readonly surroundings: ChannelSurroundings;
  readonly channels: Channels;
  readonly pool: PortPool;
  readonly metronome: Metronome;
  readonly maxSessions: number;
  readonly deadMediaMs: number;
  /** What parties are told as the address of our media. */
  readonly advertised: string;
  /** Connects a channel to its application. */
  readonly control: (channel: Channel, controller: Controller) => void;
}

const noPort: Refusal = { status: 503, reason: 'Service Unavailable' };
const notAcceptable: Refusal = { status: 488, reason: 'Not Acceptable Here' };

/** Answers each call that was let in, and hands it to its application. */
export class IncomingCalls implements CallTaker {
  readonly #options: IncomingCallsOptions;

  constructor(options: IncomingCallsOptions) {
    this.#options = options;
  }

  get full(): boolean {
    return this.#options.channels.size >= this.#options.maxSessions;
  }

  take(dialog: CallDialog, invitation: Invitation): void {
    const { channels } = this.#options;
    channels.opening += 1;
    void this.#answer(dialog, invitation).finally(() => {
      channels.opening -= 1;
    });
  }

  async #answer(dialog: CallDialog, invitation: Invitation): Promise<void> {
    const heard: { by?: Channel } = {};
    const port = await this.#openPort({
      digit: (...digit) => heard.by?.digit(...digit),
      timedOut: () => heard.by?.timedOut(),
    });
    // Cancelled while the port was being opened.
    if (port === undefined || dialog.ended) {
      port?.close();
      dialog.refuse(noPort);
      return;
    }
    const { surroundings, channels, control } = this.#options;
    const session = this.#sessionFor(port, invitation);
    const channel = new Channel(surroundings, { dialog, invitation, port, session });
    heard.by = channel;
    const { offer } = invitation;
    const sdp = offer === undefined ? channel.asked() : channel.offered(offer);
    if (sdp === undefined) {
      port.close();
      dialog.refuse(notAcceptable);
      return;
    }
    dialog.attach(channel);
    channels.add(channel);
    dialog.accept(sdp);
    control(channel, invitation.controller);
  }

  #sessionFor(port: MediaPort, { codecs }: Invitation): AudioSession {
    const { advertised } = this.#options;
    return new AudioSession({
      address: advertised,
      port: port.localPort,
      rtcpPort: port.localRtcpPort,
      codecs,
    });
  }

  /** Undefined when none is left. */
  async #openPort(listener: Parameters<typeof MediaPort.open>[2]): Promise<MediaPort | undefined> {
    const { pool, metronome, deadMediaMs } = this.#options;
    const options = { metronome, deadMediaMs, inbandDigits: true };
    try {
      return await MediaPort.open(pool, options, listener);
    } catch {
      return undefined;
    }
  }
}
