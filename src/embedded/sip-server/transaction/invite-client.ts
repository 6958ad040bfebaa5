import { go, type Machine } from './machine.js';

export type InviteClientState = 'initial' | 'calling' | 'proceeding' | 'completed' | 'accepted';

/** RFC 3261 figure 5 with the Accepted state of RFC 6026 §7.2. */
export const inviteClient: Machine<InviteClientState> = {
  initial: {
    start: go('calling', ['start A', 'start B', 'send'], 'RFC 3261 §17.1.1.2'),
  },
  calling: {
    'timer A': go('calling', ['send again', 'start A'], 'RFC 3261 §17.1.1.2'),
    'timer B': go('terminated', ['tell timeout'], 'RFC 3261 §17.1.1.2'),
    '1xx': go('proceeding', ['stop A', 'stop B', 'pass up'], 'RFC 3261 §17.1.1.2'),
    '2xx': go('accepted', ['stop A', 'stop B', 'start M', 'pass up'], 'RFC 6026 §7.2'),
    failure: go(
      'completed',
      ['stop A', 'stop B', 'start D', 'send ack', 'pass up'],
      'RFC 3261 §17.1.1.2',
    ),
    unreachable: go('terminated', ['tell unreachable'], 'RFC 3261 §17.1.4'),
  },
  proceeding: {
    '1xx': go('proceeding', ['pass up'], 'RFC 3261 §17.1.1.2'),
    '2xx': go('accepted', ['start M', 'pass up'], 'RFC 6026 §7.2'),
    failure: go('completed', ['start D', 'send ack', 'pass up'], 'RFC 3261 §17.1.1.2'),
  },
  completed: {
    // The response comes again because the ACK was lost; the user has it already.
    failure: go('completed', ['send ack'], 'RFC 3261 §17.1.1.2'),
    'timer D': go('terminated', [], 'RFC 3261 §17.1.1.2'),
  },
  accepted: {
    // Repeated and forked 2xx alike: the user owns their ACKs (RFC 3261 §13.2.2.4).
    '2xx': go('accepted', ['pass up'], 'RFC 6026 §7.2'),
    'timer M': go('terminated', [], 'RFC 6026 §7.2'),
  },
};
