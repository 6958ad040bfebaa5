import type { EngineSocket, WireProtocol } from './drachtio.js';

/** The part of net.Socket that gathers writes. */
interface Corkable {
  cork(): void;
  uncork(): void;
}

/**
 * Sends what one turn of the event loop has to say to the engine in one system call. Under load a
 * turn answers many frames, and a write for each of them is what the main thread would mostly do.
 * Order is kept; a lone frame waits for the end of its turn, no longer.
 */
export function batchWrites(wire: WireProtocol): void {
  const send = wire.send.bind(wire);
  const corked = new Set<EngineSocket & Corkable>();
  const uncorkAll = (): void => {
    for (const socket of corked) socket.uncork();
    corked.clear();
  };
  wire.send = (socket, frame) => {
    const gatherer = socket as EngineSocket & Corkable;
    if (!corked.has(gatherer)) {
      if (corked.size === 0) setImmediate(uncorkAll);
      corked.add(gatherer);
      gatherer.cork();
    }
    return send(socket, frame);
  };
}
