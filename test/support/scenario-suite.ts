import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SipText } from '../../src/phones/message.js';
import { scan, secretNumber, secretText, type Secret } from '../../src/phones/scan.js';
import type { Api, CallRecord } from './api.js';
import { Daemon } from './daemon.js';
import { runScenario, type ScenarioRun } from './run-scenario.js';
import type { Scenario } from './scenario.js';
import { requireSipp } from './sipp-tool.js';
import {
  AOR_DOMAIN,
  isCarrier,
  sippWorld,
  type MediaMode,
  type SippWorld,
  type WorldTransport,
} from './sipp-world.js';

/** Tests of all these scenarios with both sides on one transport, on a daemon of their own. */
export function scenarioSuite(
  transport: WorldTransport,
  list: readonly Scenario[],
  media: MediaMode = 'direct',
): void {
  describe(`SIPp scenarios over ${transport.toUpperCase()}, media ${media}`, () => {
    let world: SippWorld;
    let daemon: Daemon;

    beforeAll(async () => {
      requireSipp();
      world = await sippWorld(transport, media);
      daemon = await Daemon.start(world.config);
    }, 120_000);

    afterAll(async () => {
      await daemon.stop();
      world.close();
    });

    for (const [index, scenario] of list.entries()) {
      it(`${scenario.name}: ${scenario.title}`, { timeout: 30_000 }, async () => {
        const run = await runScenario(scenario, world, daemon, index);
        await judge(scenario, run, world);
      });
    }
  });
}

async function judge(scenario: Scenario, run: ScenarioRun, world: SippWorld): Promise<void> {
  const { caller, callee } = run;
  expect.soft(callee?.errors ?? '', 'what the callee complains of').toBe('');
  expect(caller.errors, 'what the caller complains of').toBe('');
  expect([caller.code, callee?.code ?? 0], 'exit codes of caller and callee').toEqual([0, 0]);
  expect(run.disturbed, 'bytes at a callee who was not to be called').toBe(0);

  const atCallee = callee?.received ?? Buffer.alloc(0);
  const secrets = (at: Scenario['caller']['at']) => secretsOf(scenario, run, at, world);
  expect(scan(caller.received, secrets(scenario.callee.at))).toEqual([]);
  expect(scan(atCallee, secrets(scenario.caller.at))).toEqual([]);
  const own = new Set(callIds(caller.received));
  expect(callIds(atCallee).filter((callId) => own.has(callId))).toEqual([]);

  await expectations(scenario, run, atCallee);
}

/** What the other side of `at` must not read in its bytes: static words are SIPp's own business. */
function secretsOf(
  scenario: Scenario,
  run: ScenarioRun,
  at: Scenario['caller']['at'],
  world: SippWorld,
): Secret[] {
  const who = isCarrier(at)
    ? // Who dialed the number itself reads it in its own To.
      scenario.dial === 'raw'
      ? []
      : [secretNumber('the customer’s number', run.customer)]
    : [
        secretText('the agent’s extension', run.agent),
        secretText('the agent’s domain', AOR_DOMAIN),
      ];
  const word = at === scenario.caller.at ? 'canary-caller' : 'canary-callee';
  const { host } = world.addresses[at];
  // ::1 stands in every IPv6 header of our own too.
  const address = host === '::1' ? [] : [secretText('its signalling address', host)];
  return [...who, ...address, secretText('what it says of itself', word)];
}

function callIds(bytes: Buffer): string[] {
  return [...bytes.toString('latin1').matchAll(/^(?:Call-ID|i)\s*:\s*(\S+)/gim)].map(
    ([, callId = '']) => callId,
  );
}

async function newestEnded(api: Api): Promise<CallRecord | undefined> {
  const ended = (call?: CallRecord) => call?.legs.every((leg) => leg.ended_at !== null);
  await expect.poll(async () => ended((await api.calls())[0])).toBe(true);
  return (await api.calls())[0];
}

async function expectations(scenario: Scenario, run: ScenarioRun, atCallee: Buffer): Promise<void> {
  const { reason, legs, callee_sees: sees } = scenario.expect;
  // A refusal before any tenant is known leaves no record for a tenant to read.
  const newest = reason === undefined ? undefined : await newestEnded(run.api);
  if (reason !== undefined) expect(newest?.legs.map((leg) => leg['reason'])).toContain(reason);
  if (typeof legs === 'number') expect(newest?.legs).toHaveLength(legs);
  if (sees !== undefined) {
    const from = new SipText(atCallee).get('from');
    expect(from, 'From at the callee').toContain(run.numbers[sees]);
  }
}
