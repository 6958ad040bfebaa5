import type { HeaderField, Hop, Listener } from '../message/sip-message.js';
import { hostReference } from '../message/uri.js';

/** `host:port` of a listener as peers are told it. */
export function hostPort(listener: Listener): string {
  return `${hostReference(listener.externalAddress)}:${listener.port}`;
}

/** A Via of ours; `rport` asks the peer to answer through whatever NAT is between (RFC 3581). */
export function ownVia(listener: Listener, branch: string): string {
  const protocol = listener.protocol.toUpperCase();
  return `SIP/2.0/${protocol} ${hostPort(listener)};rport;branch=${branch}`;
}

export function ownContact(listener: Listener): string {
  return `<sip:${hostPort(listener)}${transportParam(listener)}>`;
}

/** RFC 7118 §5: there is no `transport=wss`; a browser answers on its only connection anyway. */
export function transportParam({ protocol }: Listener): string {
  if (protocol === 'udp') return '';
  return `;transport=${protocol === 'wss' ? 'ws' : protocol}`;
}

const substituted = new Set(['From', 'To', 'Contact', 'P-Asserted-Identity']);
const localhost = /(@|sips?:)localhost(?::\d+)?(?=[>;?\s]|$)/g;

/** Applications write `localhost` where they want the address that the engine sends from. */
export function withOwnAddress(field: HeaderField, listener: Listener): HeaderField {
  if (!substituted.has(field.name) || !field.value.includes('localhost')) return field;
  // What the peer sends to our Contact must come by the transport that we are spoken to on.
  const transport = field.name === 'Contact' ? transportParam(listener) : '';
  const value = field.value.replace(localhost, (whole, before: string, at: number, text: string) =>
    text[at + whole.length] === '>'
      ? `${before}${hostPort(listener)}${transport}`
      : `${before}${hostPort(listener)}`,
  );
  return { name: field.name, value };
}

/** RFC 3261 §8.1.1.8: who is called by a sips URI is given one to call back. */
export function contactFor(requestUri: string, contact: string): string {
  if (!/^sips:/i.test(requestUri)) return contact;
  return contact.replace(/^([^<]*<)sip:([^>]*?)(?:;transport=tls)?>/i, '$1sips:$2>');
}

/** Sent to ourselves, both ends of the call would have the same dialog id. */
export function isOurselves(listeners: readonly Listener[], hop: Hop): boolean {
  return listeners.some(
    ({ protocol, port, address, externalAddress }) =>
      protocol === hop.protocol &&
      port === hop.port &&
      (address === hop.address || externalAddress === hop.address),
  );
}
