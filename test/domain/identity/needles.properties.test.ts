import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileNeedles, type LegTraces } from '../../../src/domain/identity/leak-guard.js';
import { did } from '../../../src/domain/numbers/did.js';
import { SipAddress } from '../../../src/domain/numbers/party-address.js';
import { number, secretsWith } from './support.js';

/** Values that meet: some are part of others, some are of both sides. */
const TRACES: Readonly<Record<keyof LegTraces, readonly string[]>> = {
  names: ['Ann Lee', 'lee', 'Office +1 650 555 0199', '4155550100', 'Anonymous'],
  addresses: [
    '192.0.2.7:5060',
    '192.0.2.7',
    'corp.example',
    'pbx.corp.example',
    'ip-192-0-2-7.example',
    '[2001:db8::7]',
    '127.0.0.1',
  ],
  callIds: ['f81d4fae7dec@192.0.2.7', 'f81d4fae7dec', '0123456789'],
  tags: ['as5f7a', 'as5f7a31c0ffee', 'f81d4fae7dec'],
};

const KINDS = Object.keys(TRACES) as (keyof LegTraces)[];

const traces = (kind?: keyof LegTraces, value?: string): LegTraces => {
  const each = { names: [], addresses: [], callIds: [], tags: [] };
  return kind === undefined ? each : { ...each, [kind]: [value] };
};

const learnt = fc.constantFrom(...KINDS).chain((kind) =>
  fc.record({
    hide: fc.boolean(),
    what: fc.constantFrom(...TRACES[kind]).map((value) => traces(kind, value)),
  }),
);

const parties = {
  parties: [number('+14155550100'), SipAddress.parse('sip:ann.lee@corp.example')!],
};
const permitted = { parties: [number('+12025550111')], dids: [did('+12125550123')] };

const shown = (needles: ReturnType<typeof compileNeedles>): object => ({
  texts: needles.texts.map((needle) => JSON.stringify(needle)).sort(),
  telling: [...needles.numbers.telling].sort(),
  whole: [...needles.numbers.whole].sort(),
  permitted: [...needles.numbers.permitted].sort(),
  ownAddresses: [...needles.numbers.ownAddresses].sort(),
});

/** All that was learnt on one side, as one. */
function together(all: readonly LegTraces[]): LegTraces {
  return {
    names: all.flatMap(({ names }) => [...names]),
    addresses: all.flatMap(({ addresses }) => [...addresses]),
    callIds: all.flatMap(({ callIds }) => [...callIds]),
    tags: all.flatMap(({ tags }) => [...tags]),
  };
}

describe('what a leg learns while its call lives', () => {
  it('is looked for as if all of it had been known from the start, in whatever order it came', () => {
    fc.assert(
      fc.property(fc.array(learnt, { maxLength: 12 }), fc.boolean(), (steps, asked) => {
        const growing = compileNeedles(secretsWith(parties, permitted));
        for (const { hide, what } of steps) {
          if (hide) growing.hide(what);
          else growing.permit(what);
          if (asked) shown(growing);
        }
        const hidden = together(steps.filter(({ hide }) => hide).map(({ what }) => what));
        const said = together(steps.filter(({ hide }) => !hide).map(({ what }) => what));
        const known = compileNeedles(
          secretsWith({ ...parties, ...hidden }, { ...permitted, ...said }),
        );
        expect(shown(growing)).toEqual(shown(known));
      }),
      { numRuns: 1000 },
    );
  });

  it('differs from what was not learnt', () => {
    const [one, more] = [1, 2].map(() => compileNeedles(secretsWith(parties, permitted)));
    more!.hide(traces('tags', 'as5f7a31c0ffee'));
    expect(shown(more!)).not.toEqual(shown(one!));
    more!.permit(traces('tags', 'as5f7a31c0ffee'));
    expect(shown(more!)).toEqual(shown(one!));
  });
});
