import { describe, expect, it } from 'vitest';
import { externalAddressFor } from '../../../../src/embedded/sip-server/transport/external-address.js';
import { PendingSends } from '../../../../src/embedded/sip-server/transport/pending-sends.js';
import { hop, room } from './harness.js';

describe('listeners', () => {
  it('asked for with port 0 get one port for both protocols', async () => {
    const { transport } = await room([
      hop('udp'),
      hop('tcp'),
      hop('tcp', '::1'),
      hop('udp', '::1'),
    ]);
    const ports = transport.listeners.map((listener) => listener.port);
    expect(ports[0]).toBeGreaterThan(0);
    expect(ports[1]).toBe(ports[0]);
    expect(ports[3]).toBe(ports[2]);
  });

  it('of one protocol get each its own', async () => {
    const { transport } = await room([hop('udp'), hop('udp'), hop('tcp')]);
    const [first, second] = transport.listeners;
    expect(first?.port).not.toBe(second?.port);
  });

  it('are opened all or none', async () => {
    const { transport } = await room([hop('tcp')]);
    const taken = transport.listeners[0]!;
    const free = await room([hop('udp')]);
    const { port } = free.transport.listeners[0]!;
    await free.transport.close();
    await expect(room([hop('udp', '127.0.0.1', port), taken])).rejects.toMatchObject({
      name: 'ListenError',
      code: 'EADDRINUSE',
    });
    await room([hop('udp', '127.0.0.1', port)]);
  });

  it('are chosen by protocol, family and reach', async () => {
    const { transport } = await room([
      hop('udp', '0.0.0.0'),
      hop('udp'),
      hop('tcp'),
      hop('udp', '::1'),
    ]);
    const chosen = (protocol: 'udp' | 'tcp', address: string): string | undefined =>
      transport.listenerFor(hop(protocol, address, 5060))?.address;
    expect(chosen('udp', '203.0.113.5')).toBe('0.0.0.0');
    expect(chosen('udp', '127.0.0.9')).toBe('127.0.0.1');
    expect(chosen('udp', '2001:db8::1')).toBe('::1');
    expect(chosen('tcp', '::1')).toBeUndefined();
    expect(chosen('udp', 'example.com')).toBeUndefined();
  });

  it('can listen on both wildcards with one port', async () => {
    const { transport } = await room([hop('udp', '0.0.0.0')]);
    const { port } = transport.listeners[0]!;
    await room([hop('udp', '::', port), hop('tcp', '::', port), hop('tcp', '0.0.0.0', port)]);
  });
});

describe('the address peers are told', () => {
  it.each([
    ['192.0.2.1', undefined, '192.0.2.1'],
    ['192.0.2.1', '203.0.113.1', '203.0.113.1'],
    ['192.0.2.1', 'sip.example.com', 'sip.example.com'],
    ['::1', '203.0.113.1', '::1'],
    ['::', '2001:db8::1', '2001:db8::1'],
  ])('for a listener on %s with %s configured is %s', (bound, configured, told) => {
    expect(externalAddressFor(bound, configured)).toBe(told);
  });

  it.each(['0.0.0.0', '::'])('is never the wildcard %s', (wildcard) => {
    expect(externalAddressFor(wildcard, undefined)).not.toBe(wildcard);
  });
});

describe('sends whose fate is open', () => {
  it('are failed once, and not after the peer was heard', () => {
    const told: number[] = [];
    const pending = new PendingSends();
    pending.add(() => told.push(1));
    pending.heard();
    pending.add(() => told.push(2));
    pending.fail('unreachable');
    pending.fail('closed');
    expect(told).toEqual([2]);
  });

  it('are forgotten, oldest first, rather than kept without end', () => {
    const told: number[] = [];
    const pending = new PendingSends();
    for (let at = 0; at < 1_000; at += 1) pending.add(() => told.push(at));
    pending.fail('closed');
    expect(told).toHaveLength(256);
    expect(told[0]).toBe(744);
  });
});
