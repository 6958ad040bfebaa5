/**
 * The vocabulary of the four transaction machines (RFC 3261 §17, RFC 6026).
 * The machines themselves are tables in the neighbouring files; `run.ts` executes them.
 */

/** Timers by their letters in RFC 3261 Table 4 and RFC 6026 §7. */
export type TimerName = 'A' | 'B' | 'D' | 'E' | 'F' | 'G' | 'H' | 'I' | 'J' | 'K' | 'L' | 'M';

export type Event =
  /** The transaction user starts a client transaction, or a new request arrived. */
  | 'start'
  /** Client side: what came from the network. */
  | '1xx'
  | '2xx'
  | 'failure'
  /** Server side: what came from the network. */
  | 'request again'
  | 'ack'
  /** Server side: what the transaction user answers. */
  | 'send 1xx'
  | 'send 2xx'
  | 'send failure'
  | 'unreachable'
  | `timer ${TimerName}`;

export type Effect =
  /** Send the request, or the response that the user has just handed over. */
  | 'send'
  /** Send the last message once more. */
  | 'send again'
  /** Answer a non-2xx with the ACK that belongs to the transaction (RFC 3261 §17.1.1.3). */
  | 'send ack'
  /** Hand the received message to the transaction user. */
  | 'pass up'
  | 'tell timeout'
  | 'tell unreachable'
  /** A provisional answer came: from now on timer E waits T2 each time. */
  | 'slow E'
  | `start ${TimerName}`
  | `stop ${TimerName}`;

export interface Row<To extends string> {
  readonly to: To;
  readonly effects: readonly Effect[];
  /** Where the RFC says so. */
  readonly rfc: string;
}

/** State × event → row; a missing row means that the event changes nothing there. */
export type Machine<State extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Event, Row<State | 'terminated'>>>>>
>;

/** One row of a table, written so that a machine reads like its figure. */
export function go<To extends string>(to: To, effects: readonly Effect[], rfc: string): Row<To> {
  return { to, effects, rfc };
}
