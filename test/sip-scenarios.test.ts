import { describe, it } from 'vitest';
import { onRealDrachtio } from './support/engine.js';
import { scenarios } from './support/scenario.js';
import { scenarioSuite } from './support/scenario-suite.js';

/** One of each kind of story; with CALLVEIL_TEST_ALL_TRANSPORTS every scenario runs on each transport. */
const REPRESENTATIVE = new Set([
  'agent-to-carrier',
  'busy',
  'callee-hangs-up',
  'cancel-while-ringing',
  'carrier-to-agent',
  'delayed-offer',
  'digest-outbound',
  'failover',
  'hold-by-callee',
  'ipv6-carrier',
  'options',
  'unknown-source',
]);

/** What looks different where media is anchored, and is tested on its own. */
const DIRECT_ONLY = new Set([
  // Our offer to the callee does not wait for the caller's.
  'delayed-offer',
  // The media server under test has IPv4 only.
  'ipv6-carrier',
]);

const every = scenarios();
const all = (process.env['CALLVEIL_TEST_ALL_TRANSPORTS'] ?? '') !== '';
const some = all ? every : every.filter(({ name }) => REPRESENTATIVE.has(name));

scenarioSuite('udp', every);
scenarioSuite('tcp', some);
scenarioSuite(
  'udp',
  some.filter(({ name }) => !DIRECT_ONLY.has(name)),
  'anchored',
);
if (onRealDrachtio) {
  describe('SIPp scenarios over TLS and WS', () => {
    it.skip('the drachtio-server under test has no such listeners', () => undefined);
  });
} else {
  scenarioSuite('tls', some);
  scenarioSuite('ws', some);
}
