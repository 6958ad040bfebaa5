import type { z } from 'zod';
import type { FieldError } from './problems.js';

type Issue = z.core.$ZodIssue;

/** Says in words what a schema found, by field, without repeating anything that was sent. */
export function fieldErrors(issues: readonly Issue[], input: unknown): FieldError[] {
  return issues.flatMap((issue) => {
    const field = fieldName(issue.path);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        field: field === '' ? safeKey(key) : `${field}.${safeKey(key)}`,
        message: 'is not a known field',
      }));
    }
    return [{ field, message: words(issue, missing(input, issue.path)) }];
  });
}

/** `participants[0].number`. */
function fieldName(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
}

/** A key is the client's text as well, and someone will send `{"+14155550100": …}`. */
const safeKey = (key: string): string =>
  /^[A-Za-z_][A-Za-z_-]{0,63}$/.test(key) ? key : '(a key)';

const NAMES: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  array: 'an array',
  tuple: 'an array',
  object: 'an object',
  boolean: 'true or false',
};

function words(issue: Issue, isMissing: boolean): string {
  if (isMissing) return 'is required';
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${NAMES[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `must be at least ${issue.minimum}${unit(issue.origin)}`;
    case 'too_big':
      return `must be at most ${issue.maximum}${unit(issue.origin)}`;
    case 'invalid_format':
    case 'custom':
      // Written by us in the schema; zod's own words for these never hold the value.
      return issue.message;
    default:
      return 'is not valid';
  }
}

function unit(origin: string): string {
  if (origin === 'string') return ' characters long';
  return origin === 'array' ? ' items long' : '';
}

function missing(input: unknown, path: readonly PropertyKey[]): boolean {
  let at = input;
  for (const step of path) {
    if (typeof at !== 'object' || at === null) return false;
    at = (at as Readonly<Record<PropertyKey, unknown>>)[step];
  }
  return at === undefined;
}
