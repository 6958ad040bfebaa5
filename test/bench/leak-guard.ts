/**
 * CPU time of the guard per ordinary message: `npx tsx test/bench/leak-guard.ts`.
 * Kept in docs/benchmarks.md; the budget is 0.05 ms.
 */
import { compileNeedles, inspectMessage } from '../../src/domain/identity/leak-guard.js';
import { did } from '../../src/domain/numbers/did.js';
import { SipAddress } from '../../src/domain/numbers/party-address.js';
import { aBye, anAnswer, anInvite, type MessageParts } from '../domain/identity/guard-messages.js';
import { number, secretsWith } from '../domain/identity/support.js';

let state = 88_172_645;
const below = (limit: number): number => {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % limit;
};
const parts = (): MessageParts => ({
  below,
  hex: (bytes) => Array.from({ length: bytes * 2 }, () => below(16).toString(16)).join(''),
  callee: '+12025550111',
  did: '+12125550123',
  own: '198.51.100.1',
  peer: 'sbc.carrier.example',
});

const agent = SipAddress.parse('sip:alice.smith@pbx.corp.example');
const secrets = secretsWith(
  {
    parties: [number('+14155550100'), ...(agent === undefined ? [] : [agent])],
    names: ['Jane Doe', 'Alice Smith'],
    addresses: ['192.0.2.7', '192.0.2.8', 'pbx.corp.example', '2001:db8::7'],
    callIds: ['a84b4c76e66710@pc33.corp.example', 'f81d4fae7dec11d0a76500a0c91e6bf6'],
    tags: ['1928301774', 'as6f4b1c2d'],
    directMedia: true,
  },
  { parties: [number('+12025550111')], dids: [did('+12125550123')], addresses: ['198.51.100.1'] },
);

function cpuMillis(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function report(what: string, rounds: number, run: (round: number) => void): void {
  for (let round = 0; round < rounds / 4; round += 1) run(round);
  const spent = cpuMillis(() => {
    for (let round = 0; round < rounds; round += 1) run(round);
  });
  process.stdout.write(`${what.padEnd(28)} ${(spent / rounds).toFixed(4)} CPU-ms\n`);
}

const needles = compileNeedles(secrets);
for (const [what, make] of [
  ['INVITE with SDP', anInvite],
  ['200 OK with SDP', anAnswer],
  ['BYE', aBye],
] as const) {
  const messages = Array.from({ length: 200 }, () => make(parts()));
  const size = Math.round(messages.reduce((sum, text) => sum + text.length, 0) / messages.length);
  report(`${what}, ${String(size)} bytes`, 20_000, (round) => {
    if (inspectMessage(needles, messages[round % 200] ?? '') !== undefined)
      throw new Error('false hit');
  });
}
report('compileNeedles', 4000, () => compileNeedles(secrets));
