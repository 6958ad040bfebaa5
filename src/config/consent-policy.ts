import type { ConsentPolicy, RolePolicy } from '../domain/consent/policy.js';
import { region } from '../domain/consent/region.js';
import { seconds } from '../domain/time.js';
import type { ConfigFile } from './schema.js';

type FileConsent = ConfigFile['tenants'][number]['consent'];

/** @param country of the tenant, where its agents are unless the file says more. */
export function consentPolicy(section: FileConsent, country: string): ConsentPolicy {
  return {
    roles: { customer: role(section.customer), agent: role(section.agent) },
    home: region(section.home ?? country),
    accept: section.accept_digit,
    decline: section.decline_digit,
    retries: section.retries,
    timeout: seconds(section.timeout_seconds),
    onRefusal: section.on_refusal,
    onSilence: section.on_silence,
    language: section.language,
  };
}

const role = ({ mode, regions }: FileConsent['customer']): RolePolicy => ({
  mode,
  regions: new Map(Object.entries(regions).map(([name, there]) => [region(name), there])),
});
