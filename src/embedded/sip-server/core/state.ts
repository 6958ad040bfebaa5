import type { CallAdmission } from '../admission/call-admission.js';
import type { Dialog } from '../dialog/dialog.js';
import type { DialogTable } from '../dialog/dialog-table.js';
import type { HeaderField, Hop, SipRequest } from '../message/sip-message.js';
import type { Cancel, TimerValues, Timing } from '../transaction/timing.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { ReceivedRequest, TransactionLayer } from '../transaction/transaction-layer.js';
import type { Transport } from '../transport/transport.js';
import type { App } from '../wire/app.js';
import type { RequestHandling } from '../wire/request-handling.js';
import type { Routes } from '../wire/routes.js';
import type { ServerLocator } from '../dns/server-locator.js';
import type { AvoidedTargets } from './avoided-targets.js';
import type { Challenges } from './proxy/challenges.js';
import type { ProxiedCalls } from './proxy/proxied-calls.js';
import type { ReliableProvisionals } from '../dialog/reliable-provisionals.js';

export interface CoreSettings {
  /** Smallest session interval accepted, in seconds (RFC 4028 §5 says at least 90). */
  readonly minSessionSeconds: number;
  /** How long an application may leave a request without any answer, in ms. */
  readonly unansweredMs: number;
  /** How long an INVITE may go on with provisional answers only, since the last of them, in ms. */
  readonly ringingMs: number;
  /**
   * How long a BYE or re-INVITE is kept back after the 200 that opened its dialog, in ms: the
   * application handles all frames of one read in one go, and would not have its dialog yet.
   */
  readonly settleMs: number;
  /** Whether a request too large for a datagram goes by TCP where it can (RFC 3261 §18.1.1). */
  readonly switchLargeRequests: boolean;
}

/** A request from the network that an application has yet to answer. */
export interface Inbound {
  readonly transactionId: string;
  readonly transaction: ServerTransaction;
  readonly received: ReceivedRequest;
  /** Nobody while a handler is asked for one. */
  app: App;
  /** The dialog it arrived in. */
  readonly within: Dialog | undefined;
  /** The dialog that our answers to it have opened. */
  formed: Dialog | undefined;
  /** The tag in the To of our answers, once one has gone out. */
  localTag: string | undefined;
  reliable: ReliableProvisionals | undefined;
  /** Stops the wait for the application. */
  stopWaiting: Cancel;
}

/** An INVITE of ours that an application may still give up. */
export interface Cancellable {
  readonly app: App;
  readonly hop: Hop;
  /** Returns the CANCEL, which may leave later (RFC 3261 §9.1). */
  cancel(extra: readonly HeaderField[]): SipRequest | undefined;
}

/** A request that was sent on for an application: its caller may still give it up. */
export interface Recallable {
  cancel(): void;
}

/** What the parts of the user agent core share. */
export interface CoreState {
  readonly layer: TransactionLayer;
  readonly transport: Transport;
  readonly timing: Timing;
  readonly timers: TimerValues;
  readonly settings: CoreSettings;
  readonly locator: ServerLocator;
  readonly avoided: AvoidedTargets;
  readonly admission: CallAdmission;
  readonly routes: Routes;
  /** Only if the server has been given request handlers. */
  readonly requestHandling: RequestHandling | undefined;
  readonly dialogs: DialogTable;
  /** By transaction id. */
  readonly unanswered: Map<string, Inbound>;
  /** The same, by what the network knows them by. */
  readonly byTransaction: Map<ServerTransaction, Inbound>;
  /** Of those, the INVITEs that would open a dialog, by its id. */
  readonly openings: Map<string, Inbound>;
  /** Requests that an application has had sent on, until they are answered. */
  readonly proxied: Map<ServerTransaction, Recallable>;
  readonly proxiedCalls: ProxiedCalls;
  readonly challenges: Challenges;
  /** By transaction id. */
  readonly outbound: Map<string, Cancellable>;
}
