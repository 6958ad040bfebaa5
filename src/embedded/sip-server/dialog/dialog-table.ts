import { firstHeader } from '../message/headers.js';
import { tagOf } from '../message/name-addr.js';
import type { SipRequest } from '../message/sip-message.js';
import { bareHost, parseUri } from '../message/uri.js';
import type { App } from '../wire/app.js';
import { dialogIdOf, type Dialog } from './dialog.js';

/** Every dialog that can still take or send a request, by its id. */
export class DialogTable {
  readonly #byId = new Map<string, Dialog>();
  readonly #partyAt: (host: string) => void;

  /** `partyAt` is told where the party of each dialog says it is: its BYE may come from there. */
  constructor(partyAt: (host: string) => void = () => undefined) {
    this.#partyAt = partyAt;
  }

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): Dialog | undefined {
    return this.#byId.get(id);
  }

  add(dialog: Dialog): void {
    this.#byId.set(dialog.id, dialog);
    const target = parseUri(dialog.remoteTarget ?? '');
    if (target?.kind === 'sip') this.#partyAt(bareHost(target.host));
  }

  remove(dialog: Dialog): void {
    dialog.state = 'ended';
    dialog.quiet();
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
}
