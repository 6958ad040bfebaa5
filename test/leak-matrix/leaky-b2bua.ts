import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { hostPort, type Address } from '../../src/phones/address.js';

/**
 * The deliberately leaky build: passes every byte of one phone to the other and adds nothing but
 * its own Via. It is what the leak matrix must turn red on, which proves that the detector sees
 * every row, and it exists only here, so that production code has no switch that leaks.
 */
export interface LeakyB2bua {
  readonly address: Address;
  close(): Promise<void>;
}

export async function openLeakyB2bua(carrier: Address, pbx: Address): Promise<LeakyB2bua> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const address = { host: '127.0.0.1', port: socket.address().port };
  socket.on('message', (bytes, from) => {
    const to = from.address === carrier.host ? pbx : carrier;
    socket.send(relayed(bytes.toString('latin1'), address), to.port, to.host);
  });
  return { address, close: () => new Promise((resolve) => socket.close(() => resolve())) };
}

function relayed(text: string, address: Address): Buffer {
  const [startLine = '', ...rest] = text.split('\r\n');
  if (startLine.startsWith('SIP/2.0 ')) rest.shift();
  else {
    // The sender's branch stays recognisable, so ACK and CANCEL match the INVITE on both sides.
    const branch = /branch=([^;\s]+)/.exec(rest[0] ?? '')?.[1] ?? '';
    rest.unshift(`Via: SIP/2.0/UDP ${hostPort(address)};branch=${branch}`);
  }
  return Buffer.from([startLine, ...rest].join('\r\n'), 'latin1');
}
