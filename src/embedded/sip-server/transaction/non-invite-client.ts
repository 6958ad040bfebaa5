import { go, type Machine } from './machine.js';

export type NonInviteClientState = 'initial' | 'trying' | 'proceeding' | 'completed';

const finished = ['stop E', 'stop F', 'start K', 'pass up'] as const;

/** RFC 3261 figure 6. */
export const nonInviteClient: Machine<NonInviteClientState> = {
  initial: {
    start: go('trying', ['start E', 'start F', 'send'], 'RFC 3261 §17.1.2.2'),
  },
  trying: {
    'timer E': go('trying', ['send again', 'start E'], 'RFC 3261 §17.1.2.2'),
    'timer F': go('terminated', ['tell timeout'], 'RFC 3261 §17.1.2.2'),
    '1xx': go('proceeding', ['slow E', 'pass up'], 'RFC 3261 §17.1.2.2'),
    '2xx': go('completed', finished, 'RFC 3261 §17.1.2.2'),
    failure: go('completed', finished, 'RFC 3261 §17.1.2.2'),
    unreachable: go('terminated', ['tell unreachable'], 'RFC 3261 §17.1.2.2'),
  },
  proceeding: {
    'timer E': go('proceeding', ['send again', 'start E'], 'RFC 3261 §17.1.2.2'),
    'timer F': go('terminated', ['tell timeout'], 'RFC 3261 §17.1.2.2'),
    '1xx': go('proceeding', ['pass up'], 'RFC 3261 §17.1.2.2'),
    '2xx': go('completed', finished, 'RFC 3261 §17.1.2.2'),
    failure: go('completed', finished, 'RFC 3261 §17.1.2.2'),
    unreachable: go('terminated', ['tell unreachable'], 'RFC 3261 §17.1.2.2'),
  },
  completed: {
    'timer K': go('terminated', [], 'RFC 3261 §17.1.2.2'),
  },
};
