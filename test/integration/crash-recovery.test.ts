import { describe, expect, it } from 'vitest';
import { crash } from '../support/crash.js';

describe('kill -9 in mid-call', () => {
  it('after the restart calls work and every killed leg has its record', async () => {
    const { restart_ms: restartMs, ...figures } = await crash(5);
    expect(figures).toEqual({
      live_calls: 5,
      legs_of_killed_calls: 10,
      legs_node_crashed: 10,
      bye_in_killed_call: 481,
      new_call: 'caller-hung-up',
      legs_after_second_restart: 12,
    });
    expect(restartMs).toBeLessThan(10_000);
  });
});
