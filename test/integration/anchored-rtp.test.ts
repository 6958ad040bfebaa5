import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sdp } from '../../src/phones/sdp.js';
import { Lab, PEOPLE } from '../support/lab.js';

/** A telephone's audio: G.711 of one value, which is told from silence and from the other's. */
class RtpPeer {
  readonly heard: Buffer[] = [];

  private constructor(
    private readonly socket: Socket,
    readonly ssrc: number,
    private readonly sample: number,
  ) {
    socket.on('message', (packet) => this.heard.push(packet));
  }

  static async open(host: string, ssrc: number, sample: number): Promise<RtpPeer> {
    const socket = createSocket('udp4');
    socket.bind(0, host);
    await once(socket, 'listening');
    return new RtpPeer(socket, ssrc, sample);
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
  hears(other: RtpPeer): number {
    const said = Buffer.alloc(160, other.sample);
    return this.heard.filter((packet) => packet.subarray(12).equals(said)).length;
  }

  /** Whether anything that came here names the other's source, in RTP or otherwise. */
  recognises(other: RtpPeer): boolean {
    const ssrc = Buffer.alloc(4);
    ssrc.writeUInt32BE(other.ssrc);
    return this.heard.some((packet) => packet.includes(ssrc));
  }

  close(): void {
    this.socket.close();
  }
}

let lab: Lab;
let customer: RtpPeer;
let agent: RtpPeer;

beforeAll(async () => {
  lab = await Lab.open({ carrier: { media: 'anchored' }, pbx: { media: 'anchored' } });
  customer = await RtpPeer.open(PEOPLE.carrierHost, 0x1a2b3c4d, 0x9a);
  agent = await RtpPeer.open(PEOPLE.pbxHost, 0x5e6f7a8b, 0xa7);
});
afterAll(async () => {
  customer.close();
  agent.close();
  await lab.close();
});

it('both parties of an anchored call hear each other, and neither learns where the other is', async () => {
  const call = lab.customerCalls({
    body: sdp({ address: PEOPLE.carrierHost, port: customer.port }),
  });
  const callee = await lab.pbx.nextCall();
  callee.ring();
  callee.answer({ body: sdp({ address: PEOPLE.pbxHost, port: agent.port }) });
  const answer = await call.answered();
  await callee.acked();

  const [toCustomer, toAgent] = [answer.body, callee.invite.body];
  await Promise.all([customer.talkTo(toCustomer), agent.talkTo(toAgent)]);
  expect(customer.hears(agent)).toBeGreaterThan(10);
  expect(agent.hears(customer)).toBeGreaterThan(10);

  expect(customer.recognises(agent)).toBe(false);
  expect(agent.recognises(customer)).toBe(false);
  expect(toCustomer).not.toContain(String(agent.port));
  expect(toAgent).not.toContain(String(customer.port));
  expect(lab.leaks()).toEqual([]);

  expect((await call.bye()).status).toBe(200);
  await callee.expect('BYE');
}, 20_000);
