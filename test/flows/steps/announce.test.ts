import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallRefused } from '../../../src/domain/calls/verdict.js';
import type { ConsentPolicy } from '../../../src/domain/consent/policy.js';
import { region } from '../../../src/domain/consent/region.js';
import type { ConsentLog } from '../../../src/flows/ports/consent-log.js';
import { MediaFailed } from '../../../src/flows/ports/media.js';
import { StoreError } from '../../../src/flows/ports/store-error.js';
import { AskedCall, CALL } from '../../support/asked-call.js';
import { consentPolicy } from '../../support/consent-policy.js';
import { tenant } from '../../support/session-house.js';
import { sqliteMemory, type Place } from '../../support/sqlite-places.js';

const NEW_YORK = '+12125550123';
const TEXAS = '+12145550123';
const CALIFORNIA = '+14155550123';
const BERLIN = '+4930901820123';

let place: Place;
beforeEach(() => (place = sqliteMemory()));
afterEach(() => place.close());

const start = (
  parties: readonly [string | undefined, string],
  policy?: ConsentPolicy,
  recording?: 'off' | 'always',
) => AskedCall.start(parties, place.store.consents, policy, recording);

const kept = async () =>
  (await place.store.consents.ofCall(tenant().id, CALL)).map(
    ({ leg, rule, measure, outcome }) => `${leg} ${rule} ${measure} ${outcome}`,
  );

const OPT_IN = consentPolicy({ customer: 'opt-in', agent: 'off' });
const OPT_OUT = consentPolicy({ customer: 'opt-out', agent: 'off' });

describe('before both talk', () => {
  it('each hears at once, in its own language, that the call is recorded', async () => {
    const asked = await start([CALIFORNIA, BERLIN], consentPolicy({ regions: { DE: 'announce' } }));
    expect(asked.endpoint('caller').said).toEqual(['play en/consent-announce']);
    expect(asked.endpoint('callee').said).toEqual(['play de/consent-announce']);
  });

  it('who is done first hears ringback until the other is done too, and then nothing', async () => {
    const asked = await start([CALIFORNIA, CALIFORNIA]);
    await asked.heard('caller');
    expect(asked.endpoint('caller').said.at(-1)).toBe('play ringback');
    await asked.heard('callee');
    await asked.running;
    expect(asked.endpoint('caller').said.at(-1)).toBe('stop');
    expect(asked.endpoint('callee').said).toEqual(['play en/consent-announce']);
  });

  it('both are told, and the call may be recorded once the evidence is kept', async () => {
    const asked = await start([CALIFORNIA, NEW_YORK]);
    expect(asked.call.consent).toBeUndefined();
    await asked.heard('caller');
    await asked.heard('callee');
    await asked.running;
    expect(asked.outcomes).toEqual(['announced', 'announced']);
    expect(asked.call.consent).toEqual({ a: 'announced', b: 'announced' });
    expect(await kept()).toEqual(['a US-CA announce announced', 'b US-CA announce announced']);
    expect(asked.metrics.calls).toEqual([
      ['consentOutcome', 'customer', 'announced'],
      ['consentOutcome', 'agent', 'announced'],
    ]);
  });

  it('the customer hears ringback and no prompt where one party is enough', async () => {
    const asked = await start([NEW_YORK, TEXAS]);
    expect(asked.endpoint('caller').said).toEqual(['play ringback']);
    await asked.heard('callee');
    await asked.running;
    expect(asked.outcomes).toEqual(['not-needed', 'announced']);
    expect(asked.call.consent).toEqual({ a: 'not-needed', b: 'announced' });
  });
});

describe('a party that is asked for a yes', () => {
  it('may say it during the prompt, which ends', async () => {
    const asked = await start([CALIFORNIA, NEW_YORK], OPT_IN);
    await asked.press('caller', '1');
    expect(asked.endpoint('caller').said).toEqual([
      'play en/consent-opt-in',
      'stop',
      'play en/consent-thanks',
    ]);
    await asked.heard('caller');
    await asked.heard('caller');
    await asked.running;
    expect(asked.outcomes).toEqual(['opted-in', 'not-needed']);
    expect(asked.call.consent).toEqual({ a: 'opted-in', b: 'not-needed' });
  });

  it('may say no: the call goes on, and may not be recorded', async () => {
    const asked = await start([CALIFORNIA, NEW_YORK], OPT_IN);
    await asked.heard('caller');
    await asked.press('caller', '2');
    expect(asked.endpoint('caller').said.at(-1)).toBe('play en/consent-refused');
    await asked.heard('caller');
    await asked.running;
    expect(asked.outcomes[0]).toBe('refused');
    expect(asked.call.consent).toBeUndefined();
    expect(await kept()).toContain('a US-CA opt-in refused');
  });

  it('is asked again after silence and after another key, and then left unrecorded', async () => {
    const asked = await start([CALIFORNIA, NEW_YORK], OPT_IN);
    await asked.press('caller', '9');
    await asked.heard('caller');
    await asked.heard('caller');
    await asked.wait();
    await asked.running;
    const prompts = asked.endpoint('caller').said.filter((said) => said.includes('opt-in'));
    expect(prompts).toHaveLength(2);
    expect(asked.outcomes[0]).toBe('no-answer');
    expect(asked.call.consent).toBeUndefined();
  });

  it('is not heard any more when it has answered', async () => {
    const asked = await start([CALIFORNIA, NEW_YORK], OPT_IN);
    await asked.press('caller', '1');
    expect(asked.keys.caller).toEqual([]);
  });

  it('cannot answer for the other one', async () => {
    const asked = await start([CALIFORNIA, NEW_YORK], OPT_IN);
    await asked.press('callee', '1');
    await asked.heard('caller');
    await asked.wait();
    await asked.heard('caller');
    await asked.wait();
    await asked.running;
    expect(asked.outcomes[0]).toBe('no-answer');
  });

  it('has its digits in no line of the log, no record and no evidence', async () => {
    const policy = consentPolicy({ customer: 'opt-in', agent: 'off' }, { accept: '7' });
    const asked = await start([CALIFORNIA, NEW_YORK], policy);
    await asked.press('caller', '7');
    await asked.heard('caller');
    await asked.heard('caller');
    await asked.running;
    const written = JSON.stringify([
      asked.log.lines,
      asked.known,
      await kept(),
      asked.metrics.calls,
    ]);
    expect(written).toContain('opted-in');
    expect(written).not.toContain('7');
  });
});

describe('a party that may say no', () => {
  it('agrees by silence', async () => {
    const asked = await start([CALIFORNIA, NEW_YORK], OPT_OUT);
    await asked.heard('caller');
    await asked.wait();
    await asked.running;
    expect(asked.outcomes[0]).toBe('announced');
    expect(asked.call.consent).toBeDefined();
  });

  it('prevents the recording with the one key, and with no other', async () => {
    const asked = await start([CALIFORNIA, NEW_YORK], OPT_OUT);
    await asked.press('caller', '1');
    expect(asked.endpoint('caller').said).toEqual(['play en/consent-opt-out']);
    await asked.press('caller', '2');
    await asked.heard('caller');
    await asked.heard('caller');
    await asked.running;
    expect(asked.outcomes[0]).toBe('opted-out');
    expect(asked.call.consent).toBeUndefined();
  });
});

describe('a prompt that the media server cuts off', () => {
  it('has told nobody: the call may not be recorded', async () => {
    const asked = await start([CALIFORNIA, NEW_YORK]);
    await asked.cutOff('caller');
    await asked.heard('callee');
    await asked.running;
    expect(asked.outcomes).toEqual(['interrupted', 'announced']);
    expect(asked.call.consent).toBeUndefined();
  });

  it('has offered nothing that silence could agree to', async () => {
    const asked = await start([CALIFORNIA, NEW_YORK], OPT_OUT);
    await asked.cutOff('caller');
    await asked.wait();
    await asked.running;
    expect(asked.outcomes[0]).toBe('interrupted');
    expect(asked.call.consent).toBeUndefined();
  });
});

describe('a tenant that does not go on without a recording', () => {
  const strict = (mode: 'opt-in' | 'opt-out') =>
    consentPolicy(
      { customer: mode, agent: 'off' },
      { onRefusal: 'end-call', onSilence: 'end-call', retries: 0 },
    );
  const ended = async (asked: AskedCall) => {
    for (let i = 0; i < 4; i += 1) {
      await asked.heard('caller');
      await asked.heard('callee');
    }
    const error = (await asked.running.catch((one: unknown) => one)) as CallRefused;
    return error.verdict.reason;
  };

  it.each(['opt-in', 'opt-out'] as const)(
    'ends the call on a no to an %s, and says why',
    async (mode) => {
      const asked = await start([CALIFORNIA, NEW_YORK], strict(mode));
      await asked.press('caller', '2');
      expect(await ended(asked)).toBe('consent-refused');
      for (const side of ['caller', 'callee'] as const) {
        expect(asked.endpoint(side).said.at(-1)).toBe('play en/consent-ended');
      }
      expect(await kept()).toHaveLength(2);
    },
  );

  it('ends the call on silence too, if it says so', async () => {
    const asked = await start([CALIFORNIA, NEW_YORK], strict('opt-in'));
    await asked.heard('caller');
    await asked.wait();
    expect(await ended(asked)).toBe('consent-refused');
  });
});

describe('a call that ends while it is asked', () => {
  it('stops at once, and its records tell of the interruption', async () => {
    const asked = await start([CALIFORNIA, NEW_YORK], OPT_IN);
    asked.over.abort();
    await asked.running;
    expect(asked.endpoint('caller').said.at(-1)).toBe('stop');
    expect(asked.outcomes).toEqual(['interrupted', 'not-needed']);
    expect(asked.call.consent).toBeUndefined();
    expect(await kept()).toEqual(['a US-CA opt-in interrupted', 'b US-CA nothing not-needed']);
    expect(asked.keys.caller).toEqual([]);
  });

  it('ends for both when the media server fails one of them', async () => {
    const asked = await start([CALIFORNIA, CALIFORNIA]);
    asked.endpoint('caller').playing = () => Promise.resolve();
    asked.endpoint('caller').lose();
    await asked.heard('caller');
    await expect(asked.running).rejects.toThrow(MediaFailed);
    expect(asked.outcomes).toEqual(['interrupted', 'interrupted']);
    expect(asked.call.consent).toBeUndefined();
  });

  it('goes on when the waiting tone cannot be played', async () => {
    const asked = await start([CALIFORNIA, CALIFORNIA]);
    asked.endpoint('caller').before = (what) => {
      if (what.includes('ringback')) throw new MediaFailed('not-played');
    };
    await asked.heard('caller');
    await asked.heard('callee');
    await asked.running;
    expect(asked.call.consent).toBeDefined();
  });
});

describe('evidence that cannot be kept', () => {
  it('leaves the call unrecorded, and says so', async () => {
    const consents: ConsentLog = {
      append: () => Promise.reject(new StoreError('unavailable', 'disk full')),
      ofCall: () => Promise.resolve([]),
    };
    const asked = await AskedCall.start([CALIFORNIA, CALIFORNIA], consents);
    await asked.heard('caller');
    await asked.heard('callee');
    await asked.running;
    expect(asked.call.consent).toBeUndefined();
    expect(asked.log.lines.map(({ message }) => message)).toContain(
      'Consent was not kept, so the call is not recorded',
    );
  });
});

describe('whether the step is wanted', () => {
  const wanted = async (recording: 'off' | 'always', policy = consentPolicy()) => {
    const { step, call } = await start([BERLIN, BERLIN], policy, recording);
    return step.wanted(call.route, 'from_carrier');
  };

  it('it is where the call may be recorded, and not by law where it may not', async () => {
    expect(await wanted('always')).toBe(true);
    expect(await wanted('off')).toBe(false);
  });

  it('it is where the tenant wants something said whatever is recorded', async () => {
    expect(await wanted('off', consentPolicy({ customer: 'announce' }))).toBe(true);
  });

  it('what was said does not make a call recordable that the tenant never records', async () => {
    const policy = consentPolicy({ customer: 'announce', agent: 'announce' });
    const asked = await start([CALIFORNIA, CALIFORNIA], policy, 'off');
    await asked.heard('caller');
    await asked.heard('callee');
    await asked.running;
    expect(asked.outcomes).toEqual(['announced', 'announced']);
    expect(asked.call.consent).toBeUndefined();
  });

  it.each([
    ['withholds its number', undefined],
    ['has a SIP address and comes from a carrier', 'sip:someone@carrier.example'],
  ])('asks as strictly as any law when the customer %s', async (_, from) => {
    const asked = await start([from, NEW_YORK], consentPolicy({}, { home: region('US-NY') }));
    expect(asked.endpoint('caller').said).toEqual(['play en/consent-opt-in']);
  });

  it('is decided by where both are, and by the tenant’s home for who has no number', async () => {
    const asked = await start([NEW_YORK, NEW_YORK], consentPolicy({}, { home: region('DE') }));
    expect(asked.endpoint('caller').said).toEqual(['play ringback']);
  });
});
