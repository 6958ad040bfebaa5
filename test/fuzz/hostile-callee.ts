import type { IncomingCall } from '../../src/phones/incoming-call.js';
import type { Phone } from '../../src/phones/phone.js';
import type { Dice } from './dice.js';
import { describeSession } from './grammar.js';
import { headerValues } from './header-values.js';
import { mutate } from './mutate.js';
import { canary } from './words.js';

/** Text of the callee that must not come back to the caller. */
export const calleeCanary = 'hIdDeN2293';

const names = Object.keys(headerValues).filter((name) => name.length > 1 && name !== 'Via');

const asCallee = (text: string): string => text.replaceAll(canary, calleeCanary);

function oddLines(dice: Dice): string[] {
  return dice.many(0, 5, () => {
    const name = dice.pick(names);
    const value = dice.once(2) ? `<sip:${calleeCanary}@x>` : headerValues[name]!(dice);
    return `${name}: ${asCallee(value).replace(/[\r\n]/g, ' ')}`;
  });
}

/** Answers a call as no honest phone would: odd fields, odd descriptions, broken bytes. */
export function answerOddly(dice: Dice, phone: Phone, call: IncomingCall): void {
  const lines = oddLines(dice);
  const reason = `${calleeCanary} here`;
  const body = { type: 'application/sdp', text: asCallee(describeSession(dice)) };
  if (dice.once(3)) call.reply(dice.pick([180, 183, 199]), { lines, reason, body });
  if (dice.once(4)) {
    const mark = phone.trace.mark;
    call.reply(180 + dice.throw(20), { lines, reason });
    const sent = phone.trace.since(mark)[0];
    if (sent) phone.send(mutate(dice, sent.bytes, sent.bytes), sent.peer);
  }
  if (dice.once(20)) call.answer({ lines, body });
  else call.refuse(300 + dice.throw(399), { lines, reason });
}
