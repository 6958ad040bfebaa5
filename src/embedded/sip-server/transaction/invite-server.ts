import { go, type Machine } from './machine.js';

export type InviteServerState = 'initial' | 'proceeding' | 'completed' | 'confirmed' | 'accepted';

/** RFC 3261 figure 7 with the Accepted state of RFC 6026 §7.1. */
export const inviteServer: Machine<InviteServerState> = {
  initial: {
    start: go('proceeding', ['pass up'], 'RFC 3261 §17.2.1'),
  },
  proceeding: {
    'request again': go('proceeding', ['send again'], 'RFC 3261 §17.2.1'),
    'send 1xx': go('proceeding', ['send'], 'RFC 3261 §17.2.1'),
    'send 2xx': go('accepted', ['start L', 'send'], 'RFC 6026 §7.1'),
    'send failure': go('completed', ['start G', 'start H', 'send'], 'RFC 3261 §17.2.1'),
    // RFC 3261 §17.2.4 would end here when a response cannot be delivered. ICMP may be a moment's
    // restart of a proxy; a caller who is really gone sends no ACK, and that ends the call.
  },
  completed: {
    'request again': go('completed', ['send again'], 'RFC 3261 §17.2.1'),
    'timer G': go('completed', ['send again', 'start G'], 'RFC 3261 §17.2.1'),
    'timer H': go('terminated', [], 'RFC 3261 §17.2.1'),
    ack: go('confirmed', ['stop G', 'stop H', 'start I'], 'RFC 3261 §17.2.1'),
    unreachable: go('terminated', [], 'RFC 3261 §17.2.4'),
  },
  confirmed: {
    // Repeated ACKs and late INVITEs end here until timer I has let them all arrive.
    'timer I': go('terminated', [], 'RFC 3261 §17.2.1'),
  },
  accepted: {
    // RFC 6026 absorbs this silently and leaves the 2xx to the user's timer; answering at once
    // is what RFC 3261 §13.3.1.4 wanted from the user, and spares the caller the wait.
    'request again': go('accepted', ['send again'], 'RFC 6026 §7.1'),
    'send 2xx': go('accepted', ['send'], 'RFC 6026 §7.1'),
    // Some callers reuse the INVITE's branch for the ACK to a 2xx.
    ack: go('accepted', ['pass up'], 'RFC 6026 §7.1'),
    'timer L': go('terminated', [], 'RFC 6026 §7.1'),
  },
};
