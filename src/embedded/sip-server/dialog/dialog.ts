import { cseqOf, type RAck } from '../message/cseq.js';
import { firstHeader } from '../message/headers.js';
import { addressesOf, contactsOf, stringifyNameAddr, tagOf } from '../message/name-addr.js';
import type { Hop, SipMessage, SipRequest, SipResponse } from '../message/sip-message.js';
import type { Cancel, Timing } from '../transaction/timing.js';
import type { App } from '../wire/app.js';
import type { AnswerRepeater } from '../transaction/answer-repeater.js';
import { EarlyDialogs, mostForks } from './early-dialogs.js';
import { Mailbox } from './mailbox.js';
import type { SessionTimer } from './session-timer.js';

/** What does not change while a dialog lives. */
export interface DialogSeed {
  readonly role: 'uas' | 'uac';
  /** The request that opened it. */
  readonly opener: 'INVITE' | 'SUBSCRIBE';
  readonly app: App;
  readonly callId: string;
  /** The tag of whoever sent the INVITE or SUBSCRIBE. */
  readonly fromTag: string;
  readonly localTag: string;
  /** What our requests carry in From, tag included. */
  readonly localAddress: string;
  /** What our requests carry in To; without a tag until the peer has given one. */
  readonly remoteAddress: string;
  readonly localSequence: number;
  /** Our Contact, as a header value. */
  readonly contact: string;
  /** Where the peer's messages come from; before the first one, where ours go. */
  readonly source: Hop;
  /** The next hop that the application chose for this dialog. */
  readonly stickyHop?: Hop | undefined;
}

/** An INVITE of ours that has its 2xx and waits for the application's ACK. */
export interface AwaitsAck {
  /** `sent` is called with the ACK as it went out. */
  acknowledge(sketch: SipRequest, sent: (bytes: Buffer, hop: Hop) => void): void;
  /** The dialog ends before the application has said anything: the peer gets a bare ACK. */
  forsake(): void;
}

/** A 2xx of ours that is repeated until its ACK comes. */
export interface UnacknowledgedAnswer {
  /** Of the INVITE; its ACK is delivered under the same. */
  readonly transactionId: string;
  readonly repeater: AnswerRepeater;
}

/** The peer's INVITE while the application has not answered it finally. */
export interface InviteToAnswer {
  /** The peer has gone: the engine answers in the application's place. */
  terminate(): void;
  /** False when no reliable provisional response waits for this PRACK. */
  acknowledge(rack: RAck): boolean;
  /** The PRACK is on its way to the application: now what waited for it may follow. */
  proceed(): void;
}

/** What is under way in a dialog; RFC 3261 §14 and RFC 3311 §5 allow one offer at a time. */
interface Ongoing {
  inviteIn: InviteToAnswer | undefined;
  /** Gives up our INVITE that has no final answer yet. */
  inviteOut: (() => void) | undefined;
  updateIn: boolean;
  updateOut: boolean;
}

/** The id by which drachtio-srf finds dialogs too, so its form is part of the protocol. */
export function dialogIdOf(callId: string, fromTag: string): string {
  return `${callId};from-tag=${fromTag}`;
}

/** Dialog state of RFC 3261 §12: early or confirmed, as caller or callee. */
export class Dialog {
  readonly id: string;
  readonly role: 'uas' | 'uac';
  readonly opener: 'INVITE' | 'SUBSCRIBE';
  readonly app: App;
  readonly callId: string;
  readonly localTag: string;
  readonly localAddress: string;
  state: 'early' | 'confirmed' | 'ended' = 'early';
  contact: string;
  remoteAddress: string;
  remoteTag: string | undefined;
  remoteTarget: string | undefined;
  /** Called when the remote target may have changed. */
  moved: (() => void) | undefined;
  routeSet: readonly string[] = [];
  source: Hop;
  readonly mailbox: Mailbox;
  readonly ongoing: Ongoing = {
    inviteIn: undefined,
    inviteOut: undefined,
    updateIn: false,
    updateOut: false,
  };
  /** Our 2xx to INVITEs that have not been acknowledged, by CSeq. */
  readonly unacknowledged = new Map<number, UnacknowledgedAnswer>();
  /** A BYE may not overtake the ACK (RFC 3261 §15), so it waits here. */
  readonly afterAck: (() => void)[] = [];
  awaitsAck: AwaitsAck | undefined;
  /** Its call detail record has been closed. */
  endRecorded = false;
  sessionTimer: SessionTimer | undefined;
  /** The last session description that we sent, for refreshes that change nothing. */
  localSession: Buffer = Buffer.alloc(0);
  /** Ends a dialog opened by SUBSCRIBE that nobody has refreshed. */
  stopSubscription: Cancel | undefined;
  readonly early = new EarlyDialogs<Dialog>();
  readonly #seed: DialogSeed;
  #stickyHop: Hop | undefined;
  /** Shared with the other dialogs of the same request: a gap in numbers harms nobody. */
  #localSequence: { last: number };
  /**
   * The peer's last CSeq by its tag: a forked INVITE has several callees, and each counts by itself
   * (RFC 3261 §12.1).
   */
  readonly #remoteSequences = new Map<string, number>();
  /** Callees that have answered provisionally. */
  readonly #earlyTags = new Set<string>();

  constructor(seed: DialogSeed, timing: Timing) {
    this.#seed = seed;
    this.opener = seed.opener;
    this.id = dialogIdOf(seed.callId, seed.fromTag);
    this.role = seed.role;
    this.app = seed.app;
    this.callId = seed.callId;
    this.localTag = seed.localTag;
    this.localAddress = seed.localAddress;
    this.remoteAddress = seed.remoteAddress;
    this.contact = seed.contact;
    this.source = seed.source;
    this.#stickyHop = seed.stickyHop;
    this.mailbox = new Mailbox(timing);
    this.#localSequence = { last: seed.localSequence };
  }

  /** RFC 3261 §12.1.1: what the callee learns from the request. */
  learnFromRequest(request: SipRequest): void {
    this.remoteTag = tagOf(request, 'From');
    this.routeSet = routesOf(request);
    const sequence = cseqOf(request)?.sequence;
    if (sequence !== undefined) this.#remoteSequences.set(this.remoteTag ?? '', sequence);
    this.refreshTarget(request);
  }

  /** RFC 3261 §12.1.2: what the caller learns from a response with a To tag. */
  learnFromResponse(response: SipResponse, source: Hop): void {
    const tag = tagOf(response, 'To');
    if (tag !== undefined && this.#earlyTags.size < mostForks) this.#earlyTags.add(tag);
    this.remoteTag = tag;
    this.remoteAddress = firstHeader(response, 'To') ?? this.remoteAddress;
    this.routeSet = routesOf(response).reverse();
    this.source = source;
    this.refreshTarget(response);
  }

  /** The dialog that another answer to the same request has opened (RFC 3261 §13.2.2.4). */
  sibling(response: SipResponse, source: Hop, timing: Timing): Dialog {
    const other = new Dialog({ ...this.#seed, source }, timing);
    other.#localSequence = this.#localSequence;
    other.learnFromResponse(response, source);
    return other;
  }

  /** RFC 3261 §12.2: the remote target follows the Contact of INVITE, UPDATE and the like. */
  refreshTarget(message: SipMessage): void {
    const contacts = contactsOf(message);
    if (contacts === undefined || contacts === '*') return;
    this.remoteTarget = contacts[0]?.uri ?? this.remoteTarget;
    this.moved?.();
  }

  /** Where the application wants the requests of this dialog to go, whatever the peer says. */
  get stickyHop(): Hop | undefined {
    return this.#stickyHop;
  }

  /** Of the targets that the application's next hop stands for, this one has answered. */
  stayWith(target: Hop | undefined): void {
    if (this.#stickyHop !== undefined && target !== undefined) this.#stickyHop = target;
  }

  /** Whether the peer with this tag takes part: the answered one, or any early one. */
  knows(tag: string | undefined): boolean {
    if (this.state === 'early' && this.role === 'uac') {
      // A NOTIFY may come before the answer to its SUBSCRIBE (RFC 6665 §4.4.1).
      return this.#earlyTags.size === 0 || this.#earlyTags.has(tag ?? '');
    }
    return this.remoteTag === tag;
  }

  /** The number of our next request; a digest retry brings its own, which must be greater too. */
  nextSequence(wanted = 0): number {
    this.#localSequence.last = Math.max(wanted, this.#localSequence.last + 1);
    return this.#localSequence.last;
  }

  /** Stops everything that would still happen by itself, and keeps no one waiting. */
  quiet(): void {
    for (const answer of this.unacknowledged.values()) answer.repeater.stop();
    this.unacknowledged.clear();
    for (const send of this.afterAck.splice(0)) send();
    this.awaitsAck?.forsake();
    this.awaitsAck = undefined;
    this.stopSubscription?.();
    this.early.clear();
    this.sessionTimer?.stop();
    this.sessionTimer = undefined;
  }

  /** RFC 3261 §12.2.2: false when a request comes out of order and earns a 500. */
  acceptSequence(sequence: number, tag = this.remoteTag ?? ''): boolean {
    const last = this.#remoteSequences.get(tag);
    if (last !== undefined && sequence < last) return false;
    if (last !== undefined || this.#remoteSequences.size < mostForks) {
      this.#remoteSequences.set(tag, sequence);
    }
    return true;
  }
}

function routesOf(message: SipMessage): string[] {
  return (addressesOf(message, 'Record-Route') ?? []).map(stringifyNameAddr);
}
