import { createConnection } from 'node:net';
import type { Channel } from '../channel/channel.js';
import type { Controller } from '../sip/vetting.js';
import { disconnectNotice, runCommand, type EslServices } from './commands.js';
import type { EslCommand } from './command-reader.js';
import { EslConnection, type CommandHandler, type ConnectionLimits } from './connection.js';
import { headerLines } from './event.js';

export interface ControlOptions {
  readonly services: EslServices;
  readonly limits: ConnectionLimits;
  /** How long the application may take to accept, in ms. */
  readonly connectMs: number;
}

const longestLingerSeconds = 60;

/**
 * The event socket connection that a channel opens to its application (`socket HOST:PORT async
 * full`). Without it nobody could control the channel, so both end together.
 */
export class OutboundControl implements CommandHandler {
  readonly #channel: Channel;
  readonly #services: EslServices;
  readonly #connection: EslConnection;
  #lingerSeconds: number | undefined;

  constructor(channel: Channel, { host, port }: Controller, options: ControlOptions) {
    this.#channel = channel;
    this.#services = options.services;
    const socket = createConnection({ host, port });
    const timer = setTimeout(() => socket.destroy(), options.connectMs);
    socket.once('connect', () => clearTimeout(timer));
    socket.once('close', () => clearTimeout(timer));
    this.#connection = new EslConnection(socket, this, options.services.bus, options.limits);
    channel.onGone(() => this.#channelGone());
  }

  handle(command: EslCommand, connection: EslConnection): Promise<void> | void {
    const [name = '', word = ''] = command.line.trim().split(/\s+/);
    if (name === 'sendmsg' && word === '') {
      connection.reply(this.#services.sendMessage(this.#channel.uuid, command));
      return;
    }
    const own = Object.hasOwn(this.#own, name) ? this.#own[name] : undefined;
    if (own === undefined) return runCommand(command, connection, this.#services);
    own(word);
  }

  /** What only the connection of a channel understands. */
  readonly #own: Readonly<Record<string, (word: string) => void>> = {
    connect: () => this.#connection.write(this.#greeting()),
    linger: (word) => {
      this.#lingerSeconds = Math.min(Number(word) || usualLingerSeconds, longestLingerSeconds);
      this.#connection.reply(`+OK will linger${word === '' ? '' : ` ${word} seconds`}`);
    },
    nolinger: () => {
      this.#lingerSeconds = undefined;
      this.#connection.reply('+OK will not linger');
    },
    myevents: (format) => this.#listenToOwn(format),
    divert_events: () => this.#connection.reply('+OK'),
    resume: () => this.#connection.reply('+OK'),
  };

  closed(): void {
    this.#channel.hangup('NORMAL_CLEARING');
  }

  /** modesl takes the channel's data for a reply, so it has no length and no body. */
  #greeting(): string {
    const headers = {
      ...this.#channel.data(),
      'Content-Type': 'command/reply',
      'Reply-Text': '+OK\n',
      'Socket-Mode': 'async',
      Control: 'full',
    };
    return `${headerLines(headers)}\n`;
  }

  #listenToOwn(format: string): void {
    const { subscription } = this.#connection;
    if (format === 'json' || format === 'plain') subscription.format = format;
    subscription.add(['ALL']);
    subscription.filter('Unique-ID', this.#channel.uuid);
    this.#connection.reply('+OK Events Enabled');
  }

  #channelGone(): void {
    const lingers = this.#lingerSeconds;
    const { uuid } = this.#channel;
    this.#connection.write(
      disconnectNotice({ uuid, ...(lingers === undefined ? {} : { lingers }) }),
    );
    if (lingers === undefined) this.#connection.leave();
    else setTimeout(() => this.#connection.leave(), lingers * 1000).unref();
  }
}

/** FreeSWITCH lingers for as long as there are events if it is not told how long; they are out by then. */
const usualLingerSeconds = 2;
