import type { Leak } from '../domain/identity/leak-guard.js';
import { Roll } from '../domain/roll.js';
import type { Metrics, Log } from '../flows/ports/telemetry.js';
import type { WireProtocol } from './drachtio.js';
import type { CallGuard, Side } from './call-guard.js';
import { refuseForEngine } from './engine-answer.js';

/** One of our legs, as the door knows it. */
export interface GuardedLeg {
  readonly guard: CallGuard;
  readonly side: Side;
  /** A message was stopped; the call has to end. */
  leaked(leak: Leak): void;
  /** BYE of a dialog that drachtio-srf does not know; answers whether it was this leg's. */
  strayBye?(): boolean;
}

/** What drachtio-srf may say to the engine besides SIP messages, which are read. */
const HARMLESS = /^(?:authenticate\||route\||remove_route\||ping$)/;

/** The engine's answer, as drachtio-srf hears it, to a message that was stopped. */
export const STOPPED = 'stopped by the leak guard';

/**
 * The last door: every frame that drachtio-srf has built passes here before it goes to the SIP
 * engine. A message of a leg is read by the guard of its call; a hit is not sent, counts, and ends
 * the call. A request that belongs to no leg of ours is not sent either: nobody vouches for it.
 */
export class GuardDoor {
  readonly #legs = new Roll<string, GuardedLeg>();
  /** By transaction too: a CANCEL names nothing but the transaction of its INVITE. */
  readonly #transactions = new Roll<string, string>();

  constructor(
    private readonly metrics: Pick<Metrics, 'leakBlocked' | 'sipRequest' | 'sipResponse'>,
    private readonly log: Log,
  ) {}

  /** @throws TypeError when this drachtio-srf has no such door; then nothing may be sent at all. */
  install(wire: WireProtocol): void {
    if (typeof wire.send !== 'function') throw new TypeError('drachtio-srf has no wire to guard');
    const send = wire.send.bind(wire);
    wire.send = (socket, frame) => {
      const verdict = this.#examine(frame);
      return verdict === 'pass' ? send(socket, frame) : refuseForEngine(wire, socket, STOPPED);
    };
  }

  watch(callId: string, leg: GuardedLeg): void {
    this.#legs.set(callId, leg);
  }

  /** The INVITE with this Call-ID runs in this transaction now. */
  bindTransaction(txnId: string, callId: string): void {
    this.#transactions.set(txnId, callId);
  }

  unbindTransaction(txnId: string): void {
    this.#transactions.delete(txnId);
  }

  forget(callId: string, txnIds: Iterable<string>): void {
    this.#legs.delete(callId);
    for (const txnId of txnIds) this.#transactions.delete(txnId);
  }

  /** Whether a leg of ours has this Call-ID: a new call that brings it has come back to us. */
  knows(callId: string): boolean {
    return this.#legs.has(callId);
  }

  strayBye(callId: string): boolean {
    return this.#legs.get(callId)?.strayBye?.() ?? false;
  }

  get size(): number {
    return this.#legs.size + this.#transactions.size;
  }

  #examine(frame: string): 'pass' | 'stop' {
    if (!frame.startsWith('sip|')) return HARMLESS.test(frame) ? 'pass' : this.#stopStray('frame');
    const lineEnd = frame.indexOf('\r\n');
    const [, txnId = '', dialogId = ''] = frame.slice(0, lineEnd).split('|');
    const message = frame.slice(lineEnd + 2);
    const isResponse = message.startsWith('SIP/2.0 ');
    const leg = this.#legs.get(this.#callIdOf(message, txnId, dialogId) ?? '');
    if (leg === undefined) {
      // Refusals of requests that never became a call: there is no other side they could name.
      return isResponse ? this.#pass(message, true) : this.#stopStray(methodOf(message));
    }
    const leak = leg.guard.inspect(leg.side, message);
    return leak === undefined ? this.#pass(message, isResponse) : this.#stopLeak(leg, leak);
  }

  #stopLeak(leg: GuardedLeg, leak: Leak): 'stop' {
    this.metrics.leakBlocked(leak.field);
    this.log.error('Leak blocked: a message named the other party and was not sent', {
      field: leak.field,
      header: leak.headerName,
      kind: leak.kind,
      towards: leg.side,
    });
    leg.leaked(leak);
    return 'stop';
  }

  #callIdOf(message: string, txnId: string, dialogId: string): string | undefined {
    if (dialogId !== '') {
      const end = dialogId.lastIndexOf(';from-tag=');
      if (end !== -1) return dialogId.slice(0, end);
    }
    return this.#transactions.get(txnId) ?? callIdHeader(message);
  }

  #stopStray(method: string): 'stop' {
    this.log.error('A request of no known leg was not sent', { method });
    return 'stop';
  }

  #pass(message: string, isResponse: boolean): 'pass' {
    if (isResponse) this.metrics.sipResponse('out', Number(message.slice(8, 11)));
    else this.metrics.sipRequest('out', methodOf(message));
    return 'pass';
  }
}

const methodOf = (message: string): string => message.slice(0, message.indexOf(' '));

function callIdHeader(message: string): string | undefined {
  const headers = message.slice(0, message.indexOf('\r\n\r\n'));
  return /^call-id[ \t]*:[ \t]*(.*?)[ \t]*\r?$/im.exec(headers)?.[1];
}
