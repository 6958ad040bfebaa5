import { afterEach, expect, it } from 'vitest';
import { Lab, PEOPLE } from '../support/lab.js';

let lab: Lab;

afterEach(async () => {
  delete process.env.DEBUG;
  await lab.close();
});

it('writes no SIP message anywhere, whatever the environment asks of its libraries', async () => {
  process.env.DEBUG = '*';
  lab = await Lab.open({});
  const { caller } = await lab.talking();
  await caller.bye();
  const written = lab.daemon.lines.join('\n');
  expect(written).toContain('Callveil is ready');
  expect(written).not.toMatch(/SIP\/2\.0|drachtio:/);
  expect(written).not.toContain(PEOPLE.customer.slice(-7));
  expect(written).not.toContain(PEOPLE.agent);
});
