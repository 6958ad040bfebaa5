import type { Address } from '../../src/phones/address.js';
import type { Call } from '../../src/phones/call.js';
import type { ReplyExtras, RequestExtras } from '../../src/phones/exchange.js';
import type { IncomingCall } from '../../src/phones/incoming-call.js';
import type { OutgoingCall } from '../../src/phones/outgoing-call.js';
import type { Phone } from '../../src/phones/phone.js';
import { telltaleSdp } from './bodies.js';
import { Aviary, type Canary, type Side } from './canaries.js';
import { write, type Planting } from './chunks.js';

export const other = (side: Side): Side => (side === 'carrier' ? 'pbx' : 'carrier');

/** Two phones with something between them: the daemon, or the leaky build that must be caught. */
export interface BenchOptions {
  readonly phones: Readonly<Record<Side, Phone>>;
  /** Where calls of either side go. */
  readonly peer: Address;
  /** What each side dials. */
  readonly dials: Readonly<Record<Side, string>>;
  /** The identity by which each side is known, `user@domain`. */
  readonly known: Readonly<Record<Side, string>>;
}

const MEDIA: Readonly<Record<Side, string>> = { carrier: '198.51.100.14', pbx: '203.0.113.77' };

/** Plants canaries into every message that its phones send, and collects what crossed. */
export class Bench {
  readonly aviary = new Aviary();
  readonly #options: BenchOptions;

  constructor(options: BenchOptions) {
    this.#options = options;
  }

  phone(side: Side): Phone {
    return this.#options.phones[side];
  }

  /** Header lines, structure and a description full of canaries for one message. */
  telling(chunk: readonly Planting[], message: string, from: Side): RequestExtras {
    const plant = this.#planter(message, from);
    return {
      lines: this.#lines(chunk, message, from),
      contact: this.#contact(plant, from),
      body: telltaleSdp(plant, MEDIA[from]),
    };
  }

  /** The same without a description, for messages that carry none. */
  tellingWithoutBody(chunk: readonly Planting[], message: string, from: Side): RequestExtras {
    return { lines: this.#lines(chunk, message, from) };
  }

  /** A final or provisional response whose reason phrase tells too. */
  tellingReply(chunk: readonly Planting[], message: string, from: Side): ReplyExtras {
    const { lines, contact, body } = this.telling(chunk, message, from);
    const reason = this.#planter(message, from)('reason phrase');
    return {
      reason: `call ${reason}`,
      ...(lines === undefined ? {} : { lines }),
      ...(contact === undefined ? {} : { contact }),
      ...(body === undefined ? {} : { body }),
    };
  }

  tellingFailure(chunk: readonly Planting[], message: string, from: Side): ReplyExtras {
    const plant = this.#planter(message, from);
    const c = plant('Contact of a failure');
    const lines = this.#lines(chunk, message, from);
    return {
      reason: `call ${plant('reason phrase')}`,
      contact: `"${c}" <sip:${c}@${c}.example>`,
      lines,
    };
  }

  /** An INVITE of `from` to the other side's number, with canaries in its structure as well. */
  call(from: Side, chunk: readonly Planting[], extras: RequestExtras = {}): OutgoingCall {
    const { dials, known, peer } = this.#options;
    const plant = this.#planter('INVITE', from);
    const uri = `sip:${dials[from]}@${peer.host}:${peer.port}`;
    return this.phone(from).call({
      uri,
      peer,
      from: `"${plant('From name')}" <sip:${known[from]}>;x=${plant('From parameter')}`,
      to: `"${plant('To name')}" <${uri}>`,
      callId: `${plant('Call-ID')}@${plant('Call-ID host')}.example`,
      ...this.telling(chunk, 'INVITE', from),
      ...extras,
    });
  }

  arrival(at: Side, timeoutMs?: number): Promise<IncomingCall> {
    return this.phone(at).nextCall(timeoutMs);
  }

  /** From here on, requests inside the call are answered with canaries. */
  answerTelling(call: Call, chunk: readonly Planting[], side: Side): void {
    for (const method of ['INVITE', 'UPDATE']) {
      const extras = this.tellingReply(chunk, `200 to in-dialog ${method}`, side);
      call.replies.set(method, { status: 200, extras });
    }
    for (const method of ['INFO', 'BYE', 'CANCEL']) {
      const lines = this.#lines(chunk, `200 to ${method}`, side);
      call.replies.set(method, { status: 200, extras: { lines } });
    }
  }

  /** Every canary that the other side received. */
  leaks(): readonly Canary[] {
    const sides: Side[] = ['carrier', 'pbx'];
    return sides.flatMap((side) =>
      this.aviary.foundIn(this.phone(side).trace.receivedBytes(), other(side)),
    );
  }

  #planter(message: string, from: Side): (field: string) => string {
    return (field) => this.aviary.plant(field, 'plain', message, from);
  }

  #lines(chunk: readonly Planting[], message: string, from: Side): string[] {
    return write(this.aviary, chunk, message, from, this.phone(from).hostPort);
  }

  #contact(plant: (field: string) => string, from: Side): string {
    const own = this.phone(from).hostPort;
    const uri = `<sip:${plant('Contact user')}@${own};x=${plant('Contact URI parameter')}>`;
    return `"${plant('Contact name')}" ${uri};+sip.instance="<urn:uuid:${plant('Contact +sip.instance')}>"`;
  }
}
