import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';

/** Asked for; the kernel gives what net.core.rmem_max allows. Bursts of calls wait in here. */
const bufferBytes = 4 * 1024 * 1024;

/**
 * A datagram socket that never asks DNS: every address given to it is numeric, and Node's own
 * look-up would put bind, connect and send off to a later turn of the event loop.
 */
export function createUdpSocket(address: string, reuseAddr: boolean): Socket {
  return createSocket({
    type: isIPv6(address) ? 'udp6' : 'udp4',
    // One listener per family: `::` is not to take 0.0.0.0 as well.
    ipv6Only: isIPv6(address),
    reuseAddr,
    recvBufferSize: bufferBytes,
    sendBufferSize: bufferBytes,
    lookup: (host, _options, callback) => {
      callback(null, host, isIPv6(host) ? 6 : 4);
    },
  });
}

/** Binds and waits until the socket listens. */
export function bindUdp(socket: Socket, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ address, port, exclusive: true }, () => {
      socket.removeListener('error', reject);
      resolve();
    });
  });
}

export function closeUdp(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.close(resolve);
  });
}
