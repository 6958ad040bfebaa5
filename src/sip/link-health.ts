import { seconds, type Clock } from '../domain/time.js';
import type { EngineSocket, WireProtocol } from './drachtio.js';

/** How often the link is looked at; a turn of ours that takes longer counts as one look. */
const EVERY = seconds(1);
/** Looks without what is due: then nobody is there, whatever the connection says. */
const PATIENCE = 10;

/** What has been said to the engine and not been answered, on the connection of now. */
interface Conversation {
  readonly socket: EngineSocket;
  ping: string | undefined;
  pingLooks: number;
  /** Commands since one was last answered. */
  asked: number;
  askedLooks: number;
  /** Looks since anything at all was heard, while something is due. */
  silentLooks: number;
}

/**
 * Judges the engine by what comes back: a process that is stopped, or that has lost its place in our
 * frames, keeps its connection open for ever. `silent` is told when a ping stays unanswered, when
 * commands do, or when nothing comes at all while something is due.
 */
export function watchHealth(
  wire: WireProtocol,
  clock: Clock,
  silent: (socket: EngineSocket) => void,
): void {
  let now: Conversation | undefined;
  const send = wire.send.bind(wire);
  wire.send = (socket, frame) => {
    const id = send(socket, frame);
    if (now?.socket !== socket) now = conversationOn(socket);
    if (frame === 'ping') {
      if (now.ping === undefined) now.pingLooks = 0;
      now.ping ??= id;
    } else now.asked += 1;
    return id;
  };
  wire.prependListener('msg', (socket: EngineSocket, frame: string) => {
    if (now?.socket !== socket) return;
    now.silentLooks = 0;
    const [, kind, id] = frame.split('|', 3);
    if (kind !== 'response') return;
    if (id === now.ping) now.ping = undefined;
    else if (!frame.endsWith('|OK|pong')) {
      now.asked = 0;
      now.askedLooks = 0;
    }
  });
  wire.prependListener('close', (socket: EngineSocket) => {
    if (now?.socket === socket) now = undefined;
  });
  const look = (): void => {
    if (now && isSilent(now)) {
      const { socket } = now;
      now = undefined;
      silent(socket);
    }
    if (wire.closing !== true) clock.after(EVERY, look);
  };
  clock.after(EVERY, look);
}

function conversationOn(socket: EngineSocket): Conversation {
  const counters = { pingLooks: 0, asked: 0, askedLooks: 0, silentLooks: 0 };
  return { socket, ping: undefined, ...counters };
}

/** One look: counts, and says whether patience is at its end. */
function isSilent(now: Conversation): boolean {
  const due = now.asked > 0 || now.ping !== undefined;
  now.silentLooks = due ? now.silentLooks + 1 : 0;
  now.pingLooks = now.ping === undefined ? 0 : now.pingLooks + 1;
  // A single command may have no answer, such as a second final response; two have none only when
  // nobody listens.
  now.askedLooks = now.asked > 1 ? now.askedLooks + 1 : 0;
  return Math.max(now.silentLooks, now.pingLooks, now.askedLooks) > PATIENCE;
}
