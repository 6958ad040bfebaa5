import { newUuid } from '../message/identifiers.js';
import type { Hop } from '../message/sip-message.js';

/**
 * The meta lines that applications read: tokens separated by `|`, the first an id of the frame.
 * The client counts tokens, so the trailing separators belong to them.
 */

/** How a SIP message travelled: its size, the peer, and when. */
function travel(bytes: number, hop: Hop): string {
  return `${bytes}|${hop.protocol}|${hop.address}|${hop.port}|${timeOfDay()}`;
}

/** A request outside any dialog; `receivedOn` is our socket that took it. */
export function newRequestMeta(
  bytes: number,
  from: Hop,
  transactionId: string,
  receivedOn: Hop,
): string {
  const travelled = travel(bytes, from);
  const socket = `${receivedOn.address}|${receivedOn.port}`;
  return `${newUuid()}|sip|network|${travelled}|${transactionId}||${socket}|`;
}

/** Every other message from the network: inside a dialog, or a response. */
export function networkMeta(
  bytes: number,
  from: Hop,
  transactionId: string,
  dialogId: string,
): string {
  return `${newUuid()}|sip|network|${travel(bytes, from)}|${transactionId}|${dialogId}|`;
}

/** A response made up by the engine, because the peer did not answer or cannot be reached. */
export function fabricatedMeta(
  protocol: Hop['protocol'],
  transactionId: string,
  dialogId: string,
): string {
  const travelled = `0|${protocol}||0|${timeOfDay()}`;
  return `${newUuid()}|sip|network|${travelled}|${transactionId}|${dialogId}|`;
}

/** A BYE that the engine sent on its own account. */
export function unsolicitedMeta(bytes: number, to: Hop, dialogId: string): string {
  return `${newUuid()}|sip|application|${travel(bytes, to)}|unsolicited|${dialogId}|`;
}

/** A call detail record; what it adds is the role of a start or the reason of a stop. */
export function recordMeta(
  kind: 'attempt' | 'start' | 'stop',
  source: 'network' | 'application',
  detail: string | undefined,
): string {
  const added = detail === undefined ? '' : `|${detail}`;
  return `${newUuid()}|cdr:${kind}|${source}|${timeOfDay()}${added}`;
}

export function replyMeta(commandId: string, outcome: string): string {
  return `${newUuid()}|response|${commandId}|${outcome}`;
}

export function sentResponseOutcome(
  bytes: number,
  to: Hop,
  transactionId: string,
  dialogId: string,
): string {
  return `OK|application|${travel(bytes, to)}|${transactionId}|${dialogId}||Msg sent:|`;
}

export function sentRequestOutcome(bytes: number, to: Hop, transactionId: string): string {
  return `OK|application|${travel(bytes, to)}|${transactionId}|Msg sent:|`;
}

/** One final response to a proxied request; the client listens on for more. */
export function proxiedResponseOutcome(bytes: number, from: Hop): string {
  return `OK|network|${travel(bytes, from)}|||continue`;
}

let minute = -1;
let hoursAndMinutes = '';

/** UTC as `HH:MM:SS.uuuuuu`. */
export function timeOfDay(now = performance.timeOrigin + performance.now()): string {
  const thisMinute = Math.floor(now / 60_000);
  if (thisMinute !== minute) {
    minute = thisMinute;
    hoursAndMinutes = new Date(thisMinute * 60_000).toISOString().slice(11, 17);
  }
  const seconds = ((now - thisMinute * 60_000) / 1_000).toFixed(6);
  // 59.9999999 rounds up to a sixtieth second that no clock has.
  const shown = seconds === '60.000000' ? '59.999999' : seconds;
  return hoursAndMinutes + shown.padStart(9, '0');
}
