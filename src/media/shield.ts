import type { EslConnection } from './fsmrf.js';

/**
 * The event-socket library reads what the server says within the events of its socket, and throws
 * there at what it does not expect: a header that is not percent-encoded, a body that is no JSON, a
 * profile that does not exist. Nobody could catch that, and the process would end. So whatever is
 * thrown there is caught here, and ends this connection alone.
 *
 * It also writes each line of a command by itself, which Nagle's algorithm holds back until the
 * server has acknowledged the one before: 40 ms a command. The lines of one are sent as one.
 */
export function shield(connection: EslConnection, failed: (error: unknown) => void): void {
  const { socket } = connection;
  if (socket === null) return;
  socket.setNoDelay(true);
  const emit = socket.emit.bind(socket) as (event: string, ...args: unknown[]) => boolean;
  socket.emit = (event: string, ...args: unknown[]): boolean => {
    try {
      return emit(event, ...args);
    } catch (error) {
      failed(error);
      socket.destroy();
      return true;
    }
  };
  const send = connection.send.bind(connection);
  connection.send = (command, args) => {
    socket.cork();
    send(command, args);
    socket.uncork();
  };
}
