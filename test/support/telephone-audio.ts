import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** A telephone's audio: G.711 of one value, which is told from silence and from the other's. */
export class TelephoneAudio {
  readonly heard: Buffer[] = [];

  private constructor(
    private readonly socket: Socket,
    readonly ssrc: number,
    private readonly sample: number,
  ) {
    socket.on('message', (packet) => this.heard.push(packet));
  }

  static async open(host: string, ssrc: number, sample: number): Promise<TelephoneAudio> {
    const socket = createSocket('udp4');
    socket.bind(0, host);
    await once(socket, 'listening');
    return new TelephoneAudio(socket, ssrc, sample);
  }

  get port(): number {
    return this.socket.address().port;
  }

  /** Half a second to where `description` says, in real time. */
  async talkTo(description: string): Promise<void> {
    const address = /^c=IN IP4 (\S+)/m.exec(description)?.[1] ?? '';
    const port = Number(/^m=audio (\d+)/m.exec(description)?.[1]);
    for (let sequence = 0; sequence < 25; sequence += 1) {
      const packet = Buffer.alloc(172, this.sample);
      packet.writeUInt16BE(0x80_00, 0);
      packet.writeUInt16BE(sequence, 2);
      packet.writeUInt32BE(sequence * 160, 4);
      packet.writeUInt32BE(this.ssrc, 8);
      this.socket.send(packet, port, address);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** How many packets hold what `other` says. */
  hears(other: TelephoneAudio): number {
    const said = Buffer.alloc(160, other.sample);
    return this.heard.filter((packet) => packet.subarray(12).equals(said)).length;
  }

  /** Whether anything that came here names the other's source, in RTP or otherwise. */
  recognises(other: TelephoneAudio): boolean {
    const ssrc = Buffer.alloc(4);
    ssrc.writeUInt32BE(other.ssrc);
    return this.heard.some((packet) => packet.includes(ssrc));
  }

  close(): void {
    this.socket.close();
  }
}
