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

const every = scenarios();
const all = (process.env['CALLVEIL_TEST_ALL_TRANSPORTS'] ?? '') !== '';
const some = all ? every : every.filter(({ name }) => REPRESENTATIVE.has(name));

scenarioSuite('udp', every);
scenarioSuite('tcp', some);
scenarioSuite('udp', some, 'anchored');
if (onRealDrachtio) {
  describe('SIPp scenarios over TLS and WS', () => {
    it.skip('the drachtio-server under test has no such listeners', () => undefined);
  });
} else {
  scenarioSuite('tls', some);
  scenarioSuite('ws', some);
}
