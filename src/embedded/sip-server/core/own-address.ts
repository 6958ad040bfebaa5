import type { HeaderField, Listener } from '../message/sip-message.js';
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
  const transport = listener.protocol === 'udp' ? '' : `;transport=${listener.protocol}`;
  return `<sip:${hostPort(listener)}${transport}>`;
}

const substituted = new Set(['From', 'To', 'Contact', 'P-Asserted-Identity']);
const localhost = /(@|sips?:)localhost(?::\d+)?(?=[>;?\s]|$)/g;

/** Applications write `localhost` where they want the address that the engine sends from. */
export function withOwnAddress(field: HeaderField, listener: Listener): HeaderField {
  if (!substituted.has(field.name) || !field.value.includes('localhost')) return field;
  const value = field.value.replace(localhost, (_, before: string) => before + hostPort(listener));
  return { name: field.name, value };
}
