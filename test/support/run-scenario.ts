import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Phone } from '../../src/phones/phone.js';
import type { Api } from './api.js';
import type { Daemon } from './daemon.js';
import type { Scenario } from './scenario.js';
import { Sipp, type SippResult } from './sipp.js';
import { openCallee, openCaller } from './sipp-place.js';
import { AOR_DOMAIN, isCarrier, tenantOf, type SippWorld } from './sipp-world.js';

export interface ScenarioParties {
  /** Real number of this scenario's customer. */
  readonly customer: string;
  /** User part of the agent's address. */
  readonly agent: string;
  readonly dialed: string;
  readonly numbers: Readonly<Record<'customer-did' | 'agent-did' | 'business-number', string>>;
}

export interface ScenarioRun extends ScenarioParties {
  readonly caller: SippResult;
  /** Undefined when nobody should be called. */
  readonly callee: SippResult | undefined;
  /** Bytes that a callee who should not be called received. */
  readonly disturbed: number;
  readonly api: Api;
}

/** Opens the session that the scenario asks for; each has a customer and an agent of its own. */
async function prepare(scenario: Scenario, api: Api, index: number, business: string) {
  const { session } = scenario;
  const customer = `+1415555${String(2000 + index)}`;
  const agent = `agent.${7700 + index}`;
  const reference = `order-${index}`;
  const nobody = { id: '', proxyNumbers: ['', ''] as [string, string] };
  const wishes = typeof session === 'string' ? {} : session;
  const opened =
    session === 'none'
      ? nobody
      : await api.openSession({
          participants: [{ number: customer }, { sip: `sip:${agent}@${AOR_DOMAIN}` }],
          reference,
          ttl: wishes.ttl ?? 600,
        });
  if (wishes.close === true) await api.request('POST', `/v1/sessions/${opened.id}/close`, {});
  if (wishes.wait_ms !== undefined) await sleep(wishes.wait_ms);
  const numbers = {
    'customer-did': opened.proxyNumbers[0],
    'agent-did': opened.proxyNumbers[1],
    'business-number': business,
  };
  const dials: Record<string, string> = {
    'customer-did': numbers['customer-did'],
    'agent-did': numbers['agent-did'],
    'session-id': opened.id,
    reference,
    raw: customer,
  };
  const dialed = dials[scenario.dial] ?? scenario.dial.replace('literal:', '');
  return { customer, agent, dialed, numbers, known: wishes.known ?? customer };
}

/** Runs one scenario folder: callee first, then caller, until both are done. */
export async function runScenario(
  scenario: Scenario,
  world: SippWorld,
  daemon: Daemon,
  index: number,
): Promise<ScenarioRun> {
  const { caller, callee } = scenario;
  const tenant = tenantOf(isCarrier(caller.at) ? callee.at : caller.at);
  const api = daemon.apiOf(tenant);
  const parties = await prepare(scenario, api, index, world.businessNumbers[tenant] ?? '');
  const keysOf = (at: Scenario['caller']['at'], side: 'caller' | 'callee') => ({
    dial: parties.dialed,
    known: isCarrier(at) ? (side === 'caller' ? parties.known : parties.customer) : parties.agent,
    domain: isCarrier(at) ? 'carrier.example' : AOR_DOMAIN,
  });
  const common = { world, daemon };
  const call = async () => {
    const at = caller.at;
    const place = await openCaller(common, at);
    const sipp = await Sipp.start({
      scenario: join(scenario.directory, caller.scenario),
      ...place,
      keys: keysOf(at, 'caller'),
      more: ['-cid_str', 'canary-caller-%u-%p@%s'],
    });
    return { done: () => sipp.done().finally(() => place.close()) };
  };
  const place = await openCallee(common, callee.at);
  if (callee.scenario === undefined) {
    const { local, transport: protocol } = place;
    const silent = await Phone.open({ user: parties.agent, ...local, protocol });
    try {
      const done = await (await call()).done();
      await sleep(50);
      const disturbed = silent.trace.receivedBytes().length;
      return { ...parties, caller: done, callee: undefined, disturbed, api };
    } finally {
      await silent.close();
      await place.close();
    }
  }
  const called = await Sipp.start({
    scenario: join(scenario.directory, callee.scenario),
    ...place,
    keys: keysOf(callee.at, 'callee'),
  });
  try {
    const callerDone = await (await call()).done();
    // A caller that failed leaves its callee waiting for what will never come.
    if (callerDone.code !== 0) await sleep(500).then(() => called.terminate());
    return { ...parties, caller: callerDone, callee: await called.done(), disturbed: 0, api };
  } finally {
    await called.kill();
    await place.close();
  }
}
