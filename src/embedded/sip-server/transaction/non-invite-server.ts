import { go, type Machine } from './machine.js';

export type NonInviteServerState = 'initial' | 'trying' | 'proceeding' | 'completed';

/** RFC 3261 figure 8. */
export const nonInviteServer: Machine<NonInviteServerState> = {
  initial: {
    start: go('trying', ['pass up'], 'RFC 3261 §17.2.2'),
  },
  trying: {
    'send 1xx': go('proceeding', ['send'], 'RFC 3261 §17.2.2'),
    'send 2xx': go('completed', ['start J', 'send'], 'RFC 3261 §17.2.2'),
    'send failure': go('completed', ['start J', 'send'], 'RFC 3261 §17.2.2'),
  },
  proceeding: {
    'request again': go('proceeding', ['send again'], 'RFC 3261 §17.2.2'),
    'send 1xx': go('proceeding', ['send'], 'RFC 3261 §17.2.2'),
    'send 2xx': go('completed', ['start J', 'send'], 'RFC 3261 §17.2.2'),
    'send failure': go('completed', ['start J', 'send'], 'RFC 3261 §17.2.2'),
    // A response that cannot be delivered is left to the caller's own timer, as with INVITE.
  },
  completed: {
    'request again': go('completed', ['send again'], 'RFC 3261 §17.2.2'),
    'timer J': go('terminated', [], 'RFC 3261 §17.2.2'),
    unreachable: go('terminated', [], 'RFC 3261 §17.2.4'),
  },
};
