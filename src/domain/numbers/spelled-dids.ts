import { LRUCache } from 'lru-cache';
import type { Did } from './did.js';
import { spellingsOf, type Spellings } from './spellings.js';

/** Some 2 KB each. A house with more DIDs than this in use at a time spells some of them again. */
const MOST = 4096;

const spelled = new LRUCache<Did, Spellings>({ max: MOST });

/**
 * The spellings of a DID, which every call through it needs on both of its legs. Proxy numbers are
 * ours to show and few, so they may be remembered from call to call, as a real number never may.
 */
export function spellingsOfDid(did: Did): Spellings {
  let spellings = spelled.get(did);
  if (spellings === undefined) {
    spellings = spellingsOf(did);
    spelled.set(did, spellings);
  }
  return spellings;
}
