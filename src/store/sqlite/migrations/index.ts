import { firstTables } from './0001-first-tables.js';
import { consent } from './0002-consent.js';
import { recordings } from './0003-recordings.js';
import { lateCallbacks } from './0004-late-callbacks.js';

/**
 * Every step of the schema, in order; the position is the version it leads to. A step that was
 * released is never edited: the next change is a new file.
 */
export const migrations: readonly string[] = [firstTables, consent, recordings, lateCallbacks];
