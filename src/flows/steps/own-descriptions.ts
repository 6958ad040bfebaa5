import { writeSdp, type MediaDescription } from '../../domain/identity/sdp.js';
import type { Ids } from '../../domain/ids.js';
import type { Side } from './media-path.js';

/** Our own origin line towards one side: its session id never changes, its version counts up. */
interface Origin {
  readonly sessionId: string;
  version: number;
  /** What was last written under this version. */
  written: string | undefined;
}

/** Writes what each side is told, as the descriptions of one author: us. */
export class OwnDescriptions {
  readonly #origins: Record<Side, Origin>;

  /** @param ownAddress our address towards the caller, for the origin lines (RFC 8866 §5.2). */
  constructor(
    ids: Ids,
    private readonly ownAddress: string,
  ) {
    this.#origins = { caller: freshOrigin(ids), callee: freshOrigin(ids) };
  }

  write(towards: Side, media: MediaDescription): string {
    const origin = this.#origins[towards];
    const write = (): string => writeSdp(media, { address: this.ownAddress, ...origin });
    // A new version says that something has changed (RFC 3264 §8): early and final answer may not.
    if (origin.written === undefined || write() !== origin.written) {
      if (origin.written !== undefined) origin.version += 1;
      origin.written = write();
    }
    return origin.written;
  }
}

function freshOrigin(ids: Ids): Origin {
  // RFC 8866 §5.2 wants digits; 32 random bits tell nothing of the time and are too short to be taken for a number.
  return { sessionId: BigInt(`0x${ids.random(4)}`).toString(), version: 1, written: undefined };
}
