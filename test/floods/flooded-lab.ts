import { setTimeout as sleep } from 'node:timers/promises';
import type { IncomingCall } from '../../src/phones/incoming-call.js';
import { NothingCame } from '../../src/phones/inbox.js';
import type { OutgoingCall } from '../../src/phones/outgoing-call.js';
import { Phone } from '../../src/phones/phone.js';
import { Lab, PEOPLE } from '../support/lab.js';
import { cpuSeconds, residentMb } from '../support/process-figures.js';
import type { Flood } from './floods.js';

const tickMs = 10;
/** How long one step may take on a busy machine, in ms. */
const stepMs = 20_000;

/** How a daemon is, some time after a flood. */
export interface Aftermath {
  /** From the end of the flood until OPTIONS was answered, in ms. */
  readonly optionsMs: number;
  /** From the end of the flood until a good call had been made and ended, in ms. */
  readonly callMs: number;
  /** New calls answered 503 before one was taken. */
  readonly turnedAway: number;
  /** Messages that came back to whoever sent the flood. */
  readonly answers: number;
}

/** A daemon that is flooded from the address of its trunk, or from one it does not know. */
export class FloodedLab {
  readonly lab: Lab;
  readonly #trunk: Phone;
  readonly #stranger: Phone;

  private constructor(lab: Lab, trunk: Phone, stranger: Phone) {
    this.lab = lab;
    this.#trunk = trunk;
    this.#stranger = stranger;
  }

  /** `overload`: without its control no call is refused because this machine has other things to do. */
  static async open(overload: 'on' | 'off' = 'on'): Promise<FloodedLab> {
    const lab = await Lab.open({ sip: { max_calls: 20_000, overload: { control: overload } } });
    const user = PEOPLE.customer;
    const trunk = await Phone.open({ user, host: PEOPLE.carrierHost });
    return new FloodedLab(lab, trunk, await Phone.open({ user, host: '127.0.9.9' }));
  }

  /** Sends `messages` at the flood's rate, then sees how the daemon is. */
  async stand(flood: Flood, who: 'trunk' | 'stranger', messages: number): Promise<Aftermath> {
    const from = who === 'trunk' ? this.#trunk : this.#stranger;
    const mark = from.trace.mark;
    const flow = await flood.begin({ lab: this.lab, from, stranger: who === 'stranger' });
    const began = performance.now();
    for (let sent = 0; sent < messages;) {
      const due = ((performance.now() - began + tickMs) * flood.perSecond) / 1_000;
      for (; sent < Math.min(due, messages); sent += 1) flow.one();
      this.#refuseAll();
      await sleep(tickMs);
    }
    const ended = performance.now();
    const optionsMs = await this.#asked(ended);
    await flow.end();
    const turnedAway = await this.#goodCall();
    const callMs = performance.now() - ended;
    const answers = from.trace.received(mark).length;
    await this.#stragglers();
    this.#forget();
    return { optionsMs, callMs, turnedAway, answers };
  }

  get rssMb(): number {
    return residentMb(this.lab.daemon.pid);
  }

  /** Share of one processor that the daemon uses while nothing comes in. */
  async idleCpu(): Promise<number> {
    const [before, began] = [cpuSeconds(this.lab.daemon.pid), performance.now()];
    await sleep(500);
    const used = cpuSeconds(this.lab.daemon.pid) - before;
    return used / ((performance.now() - began) / 1_000);
  }

  async close(): Promise<void> {
    await this.#trunk.close();
    await this.#stranger.close();
    await this.lab.close();
  }

  async #asked(since: number): Promise<number> {
    const { carrier, daemon } = this.lab;
    const uri = `sip:${daemon.sip.host}:${daemon.sip.port}`;
    await carrier.request('OPTIONS', { uri, peer: daemon.sip }).final(stepMs);
    return performance.now() - since;
  }

  /** A call that is answered and ended; how many were turned away before it. */
  async #goodCall(): Promise<number> {
    for (let turnedAway = 0; turnedAway < 20; turnedAway += 1) {
      const caller = this.lab.customerCalls();
      const callee = await this.#reached(caller);
      if (callee !== undefined) {
        callee.ring();
        callee.answer();
        await caller.answered({}, stepMs);
        await callee.acked(stepMs);
        await Promise.all([caller.request('BYE').final(stepMs), callee.expect('BYE', stepMs)]);
        return turnedAway;
      }
      await sleep(250);
    }
    throw new Error('no good call was let in');
  }

  /** The callee's end of a call; undefined when the caller was told to come again later. */
  async #reached(caller: OutgoingCall): Promise<IncomingCall | undefined> {
    const until = performance.now() + stepMs;
    while (performance.now() < until) {
      const call = this.#refuseAll();
      if (call !== undefined) return call;
      const refusal = caller.invitation.responses.poll(({ status }) => status >= 300);
      if (refusal?.status === 503) return undefined;
      if (refusal !== undefined) throw new Error(`a good call had ${refusal.startLine}`);
      await sleep(tickMs);
    }
    throw new NothingCame('the good call did not reach the callee');
  }

  /** The next call with a description: those of a flood have none, and are refused. */
  #refuseAll(): IncomingCall | undefined {
    for (let call = this.lab.pbx.pollCall(); call; call = this.lab.pbx.pollCall()) {
      if (call.invite.body !== '') return call;
      call.refuse(486);
    }
    return undefined;
  }

  /** Refuses what of a flood is still on its way to the callee, until nothing more comes. */
  async #stragglers(): Promise<void> {
    const { trace } = this.lab.pbx;
    for (let mark = -1; mark !== trace.mark;) {
      mark = trace.mark;
      await sleep(100);
      this.#refuseAll();
    }
  }

  /** Traces of a flood are long. */
  #forget(): void {
    const phones = [this.#trunk, this.#stranger, this.lab.carrier, this.lab.pbx];
    for (const { trace } of phones) trace.entries.length = 0;
  }
}
