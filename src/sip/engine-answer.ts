import type { EngineSocket, WireProtocol } from './drachtio.js';

let answered = 0;

/**
 * Answers for the engine that a message was not sent: drachtio-srf then fails the request on its
 * ordinary error path. Returns the id that the message would have had.
 */
export function refuseForEngine(wire: WireProtocol, socket: EngineSocket, why: string): string {
  answered += 1;
  const messageId = `stopped-at-the-door-${answered}`;
  setImmediate(() => {
    wire.emit('msg', socket, `door|response|${messageId}|NOK|${why}`);
  });
  return messageId;
}
