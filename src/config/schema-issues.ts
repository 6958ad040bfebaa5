import { z } from 'zod';
import type { ConfigIssue, ConfigPath } from './issues.js';
import { nearest } from './nearest.js';
import { configSchema } from './schema.js';

type ZodIssue = z.core.$ZodIssue;
type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Says what the schema found in an operator's words; an unknown key becomes an issue of its own. */
export function issuesOfSchema(error: z.ZodError, input: unknown): ConfigIssue[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.filter((step) => typeof step !== 'symbol');
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key));
    return [{ path, message: words(issue, valueAt(input, path)) }];
  });
}

function unknownKey(parent: ConfigPath, key: string): ConfigIssue {
  const known = keysAt(parent);
  const meant = nearest(key, known);
  const hint = meant === undefined ? `known here: ${known.join(', ')}` : `did you mean "${meant}"?`;
  return { path: [...parent, key], message: `is not a known key; ${hint}` };
}

/** The keys that the schema knows at a path. */
function keysAt(path: ConfigPath): string[] {
  let node: JsonSchema | undefined = z.toJSONSchema(configSchema, { io: 'input' });
  for (const step of path) {
    const next: unknown = typeof step === 'number' ? node?.items : node?.properties?.[step];
    node = typeof next === 'object' && next !== null ? (next as JsonSchema) : undefined;
  }
  return Object.keys(node?.properties ?? {});
}

function words(issue: ZodIssue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.expected, value);
    case 'invalid_value':
      return `must be one of ${[...new Set(issue.values.map(String))].join(', ')}`;
    case 'too_small':
      return `must ${amount(issue.origin, 'at least', Number(issue.minimum))}`;
    case 'too_big':
      return `must ${amount(issue.origin, 'at most', Number(issue.maximum))}`;
    default:
      // Patterns carry their own sentence in the schema.
      return issue.message;
  }
}

/** `be at least 5`, `have at least 3 characters`, `have at most 1 entry`. */
function amount(origin: string, bound: string, count: number): string {
  if (origin === 'string')
    return `have ${bound} ${count} ${count === 1 ? 'character' : 'characters'}`;
  if (origin === 'array') return `have ${bound} ${count} ${count === 1 ? 'entry' : 'entries'}`;
  return `be ${bound} ${count}`;
}

const NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  int: 'a whole number',
  number: 'a number',
  array: 'a list',
  object: 'a section with keys',
  boolean: 'true or false',
};

function wrongType(expected: string, value: unknown): string {
  if (value === undefined) return 'is required';
  if (expected === 'string' && typeof value === 'number') {
    // The usual slip: YAML reads a bare +14155550100 as the number 14155550100.
    return 'must be text: put it in quotes, or YAML reads it as a number';
  }
  return `must be ${NAMES[expected] ?? expected}`;
}

function valueAt(input: unknown, path: ConfigPath): unknown {
  return path.reduce<unknown>(
    (at, step) =>
      typeof at === 'object' && at !== null
        ? (at as Readonly<Record<string, unknown>>)[String(step)]
        : undefined,
    input,
  );
}
