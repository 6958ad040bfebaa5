import type { ConsentMode, ConsentPolicy } from '../../src/domain/consent/policy.js';
import { region } from '../../src/domain/consent/region.js';
import { seconds } from '../../src/domain/time.js';

/** A tenant's policy: by law, unless a test says otherwise. */
export function consentPolicy(
  modes: {
    readonly customer?: ConsentMode;
    readonly agent?: ConsentMode;
    /** For both roles. */
    readonly regions?: Readonly<Record<string, ConsentMode>>;
  } = {},
  more: Partial<ConsentPolicy> = {},
): ConsentPolicy {
  const regions = new Map(
    Object.entries(modes.regions ?? {}).map(([place, mode]) => [region(place), mode]),
  );
  return {
    roles: {
      customer: { mode: modes.customer ?? 'by-law', regions },
      agent: { mode: modes.agent ?? 'by-law', regions },
    },
    home: region('US-NY'),
    accept: '1',
    decline: '2',
    retries: 1,
    timeout: seconds(5),
    onRefusal: 'continue-unrecorded',
    onSilence: 'continue-unrecorded',
    language: undefined,
    ...more,
  };
}
