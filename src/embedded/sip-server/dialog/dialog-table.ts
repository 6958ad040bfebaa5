import { firstHeader } from '../message/headers.js';
import { tagOf } from '../message/name-addr.js';
import type { SipRequest } from '../message/sip-message.js';
import { bareHost, parseUri } from '../message/uri.js';
import type { App } from '../wire/app.js';
import { dialogIdOf, type Dialog } from './dialog.js';

/** Is told where the party of each live dialog says it is: its BYE may come from there. */
export interface PartyWatch {
  came(host: string): void;
  went(host: string): void;
}

/** Every dialog that can still take or send a request, by its id. */
export class DialogTable {
  readonly #byId = new Map<string, Dialog>();
  readonly #hostOf = new Map<Dialog, string>();
  readonly #watch: PartyWatch | undefined;

  constructor(watch?: PartyWatch) {
    this.#watch = watch;
  }

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): Dialog | undefined {
    return this.#byId.get(id);
  }

  add(dialog: Dialog): void {
    this.#byId.set(dialog.id, dialog);
    const watch = this.#watch;
    if (watch === undefined) return;
    dialog.moved = () => this.#follow(dialog, watch);
    dialog.moved();
  }

  remove(dialog: Dialog): void {
    dialog.state = 'ended';
    dialog.quiet();
    this.#forget(dialog);
    if (this.#byId.get(dialog.id) === dialog) this.#byId.delete(dialog.id);
  }

  all(): Dialog[] {
    return [...this.#byId.values()];
  }

  ownedBy(app: App): Dialog[] {
    return this.all().filter((dialog) => dialog.app === app);
  }

  /** The dialog that a request belongs to; without a To tag to none (RFC 3261 §12.2.2). */
  of(request: SipRequest): Dialog | undefined {
    const callId = firstHeader(request, 'Call-ID') ?? '';
    const theirs = tagOf(request, 'From');
    const ours = tagOf(request, 'To');
    if (ours === undefined) return undefined;
    const asCallee = this.#byId.get(dialogIdOf(callId, theirs ?? ''));
    if (asCallee?.role === 'uas' && asCallee.localTag === ours) return asCallee;
    const asCaller = this.#byId.get(dialogIdOf(callId, ours));
    return asCaller?.role === 'uac' && asCaller.knows(theirs) ? asCaller : undefined;
  }

  #follow(dialog: Dialog, watch: PartyWatch): void {
    const target = parseUri(dialog.remoteTarget ?? '');
    const host = target?.kind === 'sip' ? bareHost(target.host) : '';
    const former = this.#hostOf.get(dialog);
    if (host === former) return;
    this.#hostOf.set(dialog, host);
    watch.came(host);
    if (former !== undefined) watch.went(former);
  }

  #forget(dialog: Dialog): void {
    dialog.moved = undefined;
    const host = this.#hostOf.get(dialog);
    if (host === undefined) return;
    this.#hostOf.delete(dialog);
    this.#watch?.went(host);
  }
}
