import type { House } from './house.js';

/** The part of the house that the stories of sessions live in. */
export type SessionHouse = Pick<
  House,
  'sessions' | 'vault' | 'ids' | 'clock' | 'metrics' | 'log' | 'directory'
>;
