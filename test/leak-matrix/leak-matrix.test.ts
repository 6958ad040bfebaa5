import { afterEach, describe, expect, it } from 'vitest';
import { Phone } from '../../src/phones/phone.js';
import { Lab, PEOPLE } from '../support/lab.js';
import { Bench } from './bench.js';
import type { Canary } from './canaries.js';
import { chunks, refusable } from './chunks.js';
import { FIELDS } from './fields.js';
import { openLeakyB2bua } from './leaky-b2bua.js';
import { runMatrix } from './run-matrix.js';

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** `carrier→pbx  UPDATE  Diversion (folded)`: what a failing run prints. */
const rowOf = ({ from, message, field, variant }: Canary): string =>
  `${from === 'carrier' ? 'carrier→pbx' : 'pbx→carrier'}  ${message}  ${field} (${variant})`;

const rows = (canaries: readonly Canary[]): string[] => [...new Set(canaries.map(rowOf))].sort();

const known = {
  carrier: `${PEOPLE.customer}@carrier.example`,
  pbx: `${PEOPLE.agent}@${PEOPLE.aorDomain}`,
};

async function benchOnDaemon(): Promise<Bench> {
  // The caller is read from From only, so that the other identity fields are free for canaries.
  const lab = await Lab.open({
    carrier: { caller_id_from: ['from'] },
    pbx: { caller_id_from: ['from'] },
  });
  closing.push(() => lab.close());
  return new Bench({
    phones: { carrier: lab.carrier, pbx: lab.pbx },
    peer: lab.daemon.sip,
    dials: { carrier: lab.session.customerDials, pbx: lab.session.agentDials },
    known,
  });
}

async function benchOnLeakyBuild(): Promise<Bench> {
  // A free UDP port of each phone is known before the relay opens, and the relay's before they dial.
  const first = await Phone.open({ user: 'x', host: PEOPLE.carrierHost });
  const second = await Phone.open({ user: 'x', host: PEOPLE.pbxHost });
  const [carrierAt, pbxAt] = [first.address, second.address];
  await first.close();
  await second.close();
  const leaky = await openLeakyB2bua(carrierAt, pbxAt);
  const proxy = leaky.address;
  const carrier = await Phone.open({ user: PEOPLE.customer, ...carrierAt, proxy });
  const pbx = await Phone.open({ user: PEOPLE.agent, ...pbxAt, proxy });
  closing.push(
    () => leaky.close(),
    () => carrier.close(),
    () => pbx.close(),
  );
  const dials = { carrier: '+12025561000', pbx: '+12025561001' };
  return new Bench({ phones: { carrier, pbx }, peer: leaky.address, dials, known });
}

describe('the leak matrix', () => {
  it('nothing that one side writes reaches the other', { timeout: 90_000 }, async () => {
    const bench = await benchOnDaemon();
    const tally = await runMatrix(bench);
    expect(rows(bench.leaks())).toEqual([]);
    // The matrix proves nothing unless the calls that carried the canaries did happen.
    for (const side of ['carrier', 'pbx']) {
      expect(tally[`talk from ${side}`]).toBe(chunks().length);
      expect(tally[`provoke from ${side}`]).toBe(refusable().length);
    }
  });

  it('a deliberately leaky build turns every row red', { timeout: 90_000 }, async () => {
    const bench = await benchOnLeakyBuild();
    await runMatrix(bench);
    expect(rows(bench.leaks())).toEqual(rows(bench.aviary.all));
    // Many thousand canaries: every field in every message that can carry it, both ways.
    expect(bench.aviary.all.length).toBeGreaterThan(FIELDS.length * 20);
  });
});
