import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inviteClient } from '../../../../src/embedded/sip-server/transaction/invite-client.js';
import { inviteServer } from '../../../../src/embedded/sip-server/transaction/invite-server.js';
import type { Event, Machine } from '../../../../src/embedded/sip-server/transaction/machine.js';
import { nonInviteClient } from '../../../../src/embedded/sip-server/transaction/non-invite-client.js';
import { nonInviteServer } from '../../../../src/embedded/sip-server/transaction/non-invite-server.js';
import { MachineRun, type Action } from '../../../../src/embedded/sip-server/transaction/run.js';
import { rfcTimers } from '../../../../src/embedded/sip-server/transaction/timing.js';
import { FakeTiming } from '../fake-timing.js';

const fromNetwork: readonly Event[] = ['1xx', '2xx', 'failure', 'unreachable'];
const toServer: readonly Event[] = [
  ...(['request again', 'ack', 'send 1xx', 'send 2xx', 'send failure', 'unreachable'] as const),
];

interface Walk {
  readonly actions: Action[];
  readonly ends: number;
  readonly state: string;
}

/** Runs a machine through events with pauses between them, then lets all its time pass. */
function walk<State extends string>(
  machine: Machine<State | 'initial'>,
  steps: readonly { event: Event; pause: number }[],
  reliable = false,
): Walk & { timing: FakeTiming } {
  const timing = new FakeTiming();
  const actions: Action[] = [];
  let ends = 0;
  const run = new MachineRun<State | 'initial'>(
    machine,
    'initial',
    { timing, timers: rfcTimers, reliable },
    (action) => actions.push(action),
    () => (ends += 1),
  );
  run.fire('start');
  for (const { event, pause } of steps) {
    run.fire(event);
    timing.advance(pause);
  }
  timing.advance(100_000);
  return { actions, ends, state: run.state, timing };
}

const stepsOf = (events: readonly Event[]) =>
  fc.array(
    fc.record({ event: fc.constantFrom(...events), pause: fc.integer({ min: 0, max: 9_000 }) }),
    { maxLength: 25 },
  );

const count = (actions: readonly Action[], action: Action) =>
  actions.filter((other) => other === action).length;

describe('the transaction tables', () => {
  it('name the RFC on every row', () => {
    for (const machine of [inviteClient, nonInviteClient, inviteServer, nonInviteServer]) {
      const states: readonly Record<string, { rfc: string }>[] = Object.values(machine);
      for (const rows of states) {
        for (const row of Object.values(rows)) {
          expect(row.rfc).toMatch(/^RFC (3261 §17|6026 §7)\.\d/);
        }
      }
    }
  });

  it('stop what they start: no timer outlives a walk that ended', () => {
    fc.assert(
      fc.property(stepsOf(fromNetwork), fc.boolean(), (steps, reliable) => {
        for (const machine of [inviteClient, nonInviteClient]) {
          const { ends, state, timing } = walk(machine as Machine<'initial'>, steps, reliable);
          expect(timing.pending).toBe(0);
          // An INVITE that rings is ended by its user alone (RFC 3261 §17.1.1.2).
          if (state !== 'proceeding') expect([state, ends]).toEqual(['terminated', 1]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('hand a client at most one ending, except for the 2xx of an INVITE', () => {
    fc.assert(
      fc.property(stepsOf(fromNetwork), fc.boolean(), (steps, reliable) => {
        for (const machine of [inviteClient, nonInviteClient]) {
          const finals: string[] = [];
          const timing = new FakeTiming();
          let current: Event = 'start';
          const run = new MachineRun<'initial'>(
            machine as Machine<'initial'>,
            'initial',
            { timing, timers: rfcTimers, reliable },
            (action) => {
              if (action === 'tell timeout' || action === 'tell unreachable') finals.push(action);
              if (action === 'pass up' && current !== '1xx') finals.push(current);
            },
            () => undefined,
          );
          run.fire('start');
          for (const { event, pause } of steps) {
            current = event;
            run.fire(event);
            current = '1xx';
            timing.advance(pause);
          }
          timing.advance(100_000);
          const kinds = new Set(finals);
          expect(kinds.size).toBeLessThanOrEqual(1);
          if (machine === nonInviteClient || !kinds.has('2xx')) {
            expect(finals.length).toBeLessThanOrEqual(1);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('end every server walk in which the user answered', () => {
    fc.assert(
      fc.property(stepsOf(toServer), fc.boolean(), (steps, reliable) => {
        for (const machine of [inviteServer, nonInviteServer]) {
          const { state, ends, timing } = walk(machine as Machine<'initial'>, steps, reliable);
          const answered = steps.some(
            ({ event }) => event === 'send 2xx' || event === 'send failure',
          );
          expect(timing.pending).toBe(0);
          if (answered) expect([state, ends]).toEqual(['terminated', 1]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never send a second final to a request other than INVITE', () => {
    fc.assert(
      fc.property(stepsOf(['send 2xx', 'send failure', 'request again']), (steps) => {
        const { actions } = walk(nonInviteServer, steps);
        expect(count(actions, 'send')).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('send an unanswered INVITE seven times and anything else eleven times', () => {
    const invite = walk(inviteClient, []);
    expect(count(invite.actions, 'send') + count(invite.actions, 'send again')).toBe(7);
    expect(count(invite.actions, 'tell timeout')).toBe(1);
    const other = walk(nonInviteClient, []);
    expect(count(other.actions, 'send') + count(other.actions, 'send again')).toBe(11);
    expect(count(other.actions, 'tell timeout')).toBe(1);
  });

  it('send once over TCP', () => {
    for (const machine of [inviteClient, nonInviteClient]) {
      const { actions } = walk(machine as Machine<'initial'>, [], true);
      expect(actions).toEqual(['send', 'tell timeout']);
    }
  });

  it('slow retransmissions down to T2 once anything was heard', () => {
    const heard = walk(nonInviteClient, [{ event: '1xx', pause: 31_000 }]);
    // At 0.5 s the running timer, then every 4 s.
    expect(count(heard.actions, 'send again')).toBe(8);
  });

  it('acknowledge every repetition of a refusal and show it once', () => {
    const steps = Array.from({ length: 5 }, () => ({ event: 'failure' as const, pause: 500 }));
    const { actions } = walk(inviteClient, steps);
    expect(count(actions, 'send ack')).toBe(5);
    expect(count(actions, 'pass up')).toBe(1);
  });

  it('repeat a refusal until its ACK and absorb further ACKs', () => {
    const { actions, state } = walk(inviteServer, [
      { event: 'send failure', pause: 1_600 },
      { event: 'ack', pause: 10 },
      { event: 'ack', pause: 10 },
      { event: 'request again', pause: 10 },
    ]);
    expect(actions).toEqual(['pass up', 'send', 'send again', 'send again']);
    expect(state).toBe('terminated');
  });
});
