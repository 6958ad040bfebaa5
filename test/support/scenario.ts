import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { ENDPOINTS } from './sipp-world.js';

export const SCENARIO_DIRECTORY = join(import.meta.dirname, '../../sip-scenarios');

const endpoint = z.enum(ENDPOINTS);
const shownNumber = z.enum(['customer-did', 'agent-did', 'business-number']);

/** scenario.yml: who does what, and what must come of it. docs are in sip-scenarios/README.md. */
const scenarioFile = z.strictObject({
  title: z.string(),
  story: z.string(),
  caller: z.strictObject({ at: endpoint, scenario: z.string() }),
  callee: z.strictObject({ at: endpoint, scenario: z.string().optional() }),
  session: z.union([
    z.enum(['customer-and-agent', 'none']),
    z.strictObject({
      ttl: z.int().optional(),
      wait_ms: z.int().optional(),
      close: z.boolean().optional(),
      /** The caller shows up as somebody else than the participant. */
      known: z.string().optional(),
    }),
  ]),
  dial: z.string().regex(/^(customer-did|agent-did|session-id|reference|raw|literal:.+)$/),
  expect: z
    .strictObject({
      reason: z.string().optional(),
      legs: z.union([z.int(), z.literal('any')]).optional(),
      callee_sees: shownNumber.optional(),
    })
    .prefault({}),
});

export type Scenario = z.infer<typeof scenarioFile> & {
  readonly name: string;
  readonly directory: string;
};

function read(name: string): Scenario {
  const directory = join(SCENARIO_DIRECTORY, name);
  const text = readFileSync(join(directory, 'scenario.yml'), 'utf8');
  return { name, directory, ...scenarioFile.parse(parse(text)) };
}

/** Every folder with a scenario.yml, in the order of their names. */
export function scenarios(): Scenario[] {
  return readdirSync(SCENARIO_DIRECTORY)
    .filter((name) => existsSync(join(SCENARIO_DIRECTORY, name, 'scenario.yml')))
    .sort()
    .map(read);
}
