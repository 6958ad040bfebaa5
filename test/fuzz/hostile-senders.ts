import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Address } from '../../src/phones/address.js';

/** Sockets that send bytes to a daemon and keep what comes back until someone looks. */
export class HostileSenders {
  readonly #sockets: Socket[] = [];
  readonly #to: Address;
  #heard: Buffer[] = [];

  private constructor(to: Address) {
    this.#to = to;
  }

  static async open(to: Address, hosts: readonly string[]): Promise<HostileSenders> {
    const senders = new HostileSenders(to);
    for (const host of hosts) {
      const socket = createSocket('udp4');
      socket.on('message', (bytes) => senders.#heard.push(bytes));
      socket.on('error', () => undefined);
      socket.bind(0, host);
      await once(socket, 'listening');
      senders.#sockets.push(socket);
    }
    return senders;
  }

  /** By the sender of that number. */
  datagram(sender: number, bytes: Buffer): void {
    this.#sockets[sender % this.#sockets.length]!.send(bytes, this.#to.port, this.#to.host);
  }

  /** On a stream of its own, in two pieces; done when the daemon or a moment has closed it. */
  async stream(localAddress: string, pieces: readonly Buffer[]): Promise<void> {
    const socket = connect({ port: this.#to.port, host: this.#to.host, localAddress });
    const closed = once(socket, 'close');
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => this.#heard.push(bytes));
    socket.setTimeout(200, () => socket.destroy());
    for (const piece of pieces) socket.write(piece);
    await closed.catch(() => undefined);
  }

  /** Everything heard since the last time. */
  take(): Buffer {
    const heard = Buffer.concat(this.#heard);
    this.#heard = [];
    return heard;
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }
}
