import { isSupportedCountry } from 'libphonenumber-js/max';
import { required, stricter } from '../domain/consent/decide.js';
import { LAW, lawOf } from '../domain/consent/law.js';
import type { ConsentMode, ConsentRole, Measure } from '../domain/consent/policy.js';
import { region } from '../domain/consent/region.js';
import type { ConfigIssue } from './issues.js';
import type { ConfigFile } from './schema.js';

type FileConsent = ConfigFile['tenants'][number]['consent'];
type Check = (consent: FileConsent, file: ConfigFile) => Finding[];

interface Finding {
  /** Below `consent`. */
  readonly at: readonly string[];
  readonly message: string;
}

const ROLES: readonly ConsentRole[] = ['customer', 'agent'];

/** What of the tenants' consent policies does not fit together. */
export function consentChecks(file: ConfigFile): ConfigIssue[] {
  return find(file, [twoDigits, realRegions]);
}

/** What is allowed and hardly meant, or meant and worth a thought. */
export function consentDoubts(file: ConfigFile): ConfigIssue[] {
  return find(file, [digitsAsSpoken, lessThanTheLaw]);
}

function find(file: ConfigFile, checks: readonly Check[]): ConfigIssue[] {
  return file.tenants.flatMap(({ consent }, tenant) =>
    checks
      .flatMap((check) => check(consent, file))
      .map(({ at, message }) => ({ path: ['tenants', tenant, 'consent', ...at], message })),
  );
}

const twoDigits: Check = ({ accept_digit, decline_digit }) =>
  accept_digit === decline_digit
    ? [{ at: ['decline_digit'], message: 'is the accept_digit too: yes and no would be one key' }]
    : [];

const realRegions: Check = (consent) => {
  const named = [
    ...ROLES.flatMap((role) =>
      Object.keys(consent[role].regions).map((name) => ({ at: [role, 'regions', name], name })),
    ),
    ...(consent.home === undefined ? [] : [{ at: ['home'], name: consent.home }]),
  ];
  return named.flatMap(({ at, name }) => (isRegion(name) ? [] : [{ at, message: unknown(name) }]));
};

const isRegion = (name: string): boolean =>
  name.length === 2 ? isSupportedCountry(name) : LAW.has(name);

const unknown = (name: string): string =>
  name.startsWith('US-') || name.length === 2
    ? 'names no country and no state of the US'
    : 'names a part of a country: only states of the US are told apart';

/** Our own prompts say "press 1" and "press 2". */
const digitsAsSpoken: Check = ({ accept_digit, decline_digit }, { prompts }) => {
  if (prompts.dir !== undefined) return [];
  const spoken = [
    { at: ['accept_digit'], digit: accept_digit, says: '1' },
    { at: ['decline_digit'], digit: decline_digit, says: '2' },
  ];
  return spoken.flatMap(({ at, digit, says }) =>
    digit === says
      ? []
      : [
          {
            at,
            message: `is ${digit}, and the prompts that come with Callveil say ${says}: give prompts.dir`,
          },
        ],
  );
};

const asked = (mode: Exclude<ConsentMode, 'by-law'>): Measure =>
  mode === 'off' ? 'nothing' : mode;

/** A policy may ask for less than the table of law does; whoever wrote it should know. */
const lessThanTheLaw: Check = (consent) =>
  ROLES.flatMap((role) => {
    const { mode, regions } = consent[role];
    const eased = Object.entries(regions).flatMap(([name, there]) =>
      there !== 'by-law' &&
      stricter(asked(there), required(lawOf(region(name)).demand, role, 'agent'))
        ? [{ at: [role, 'regions', name], message: lessThan(there, lawOf(region(name)).source) }]
        : [],
    );
    if (mode !== 'off') return eased;
    return [{ at: [role, 'mode'], message: lessThan('off', 'many regions') }, ...eased];
  });

const lessThan = (mode: ConsentMode, law: string): string =>
  `is ${mode}, which is less than the table of law has (${law}): make sure that something else allows the recording`;
