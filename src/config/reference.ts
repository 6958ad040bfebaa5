import { z } from 'zod';
import { configSchema } from './schema.js';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** config/schema.json: what an editor completes and checks the YAML file with. */
export function configJsonSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(configSchema, { io: 'input' }), null, 2)}\n`;
}

const INTRO = `# Configuration

Generated from src/config/schema.ts by \`npm run docs\`; do not edit it by hand.

Callveil reads one YAML file: the one named on the command line, else the one in \`CALLVEIL_CONFIG\`,
else \`callveil.yaml\` in the working directory. A working example is
[config/callveil.example.yaml](../config/callveil.example.yaml); \`config/schema.json\` is the same
reference for editors.

- An unknown key is an error, and so is everything that does not fit together; all errors are told at
  once, each as \`path: message (line)\`. \`callveil check-config\` tells them without starting anything.
- Relative file names are read from the directory of the configuration file.
- Secrets are never in the file: a key that ends in \`_file\` names a file that holds one.
- Numbers are written in quotes: YAML reads a bare \`+14155550100\` as the number 14155550100.

Three environment variables override the file, and no other does:

| variable | meaning |
|---|---|
| \`CALLVEIL_CONFIG\` | The configuration file. |
| \`CALLVEIL_DATA_DIR\` | Instead of \`data_dir\`; a relative name is read from the working directory. |
| \`CALLVEIL_LOG_LEVEL\` | Instead of \`log.level\`. |
`;

/** docs/configuration.md: one table for each section of the file. */
export function configReference(): string {
  const root: JsonSchema = z.toJSONSchema(configSchema, { io: 'input' });
  return [INTRO, ...sections(root, '')].join('\n');
}

function sections(schema: JsonSchema, path: string): string[] {
  const own = Object.entries(properties(schema));
  const rows = own
    .filter(([, value]) => inner(value) === undefined || value.type === 'array')
    .map(([key, value]) => row(key, value, schema.required?.includes(key) === true));
  const heading = path === '' ? 'Top level' : `\`${path}\``;
  const about = path === '' || schema.description === undefined ? [] : [schema.description, ''];
  const table =
    rows.length === 0
      ? []
      : ['| key | type | default | description |', '|---|---|---|---|', ...rows, ''];
  return [
    `## ${heading}\n`,
    ...about,
    ...table,
    ...own.flatMap(([key, value]) => {
      const section = inner(value);
      if (section === undefined) return [];
      const name = `${path === '' ? '' : `${path}.`}${key}${value.type === 'array' ? '[]' : ''}`;
      return sections(withDescription(section, value), name);
    }),
  ];
}

/** The section that a value is, or is a list of. */
function inner(value: JsonSchema): JsonSchema | undefined {
  const candidate = value.type === 'array' ? value.items : value;
  if (typeof candidate !== 'object' || Array.isArray(candidate)) return undefined;
  return candidate.properties === undefined ? undefined : candidate;
}

const withDescription = (section: JsonSchema, from: JsonSchema): JsonSchema =>
  from.description === undefined ? section : { ...section, description: from.description };

function properties(schema: JsonSchema): Record<string, JsonSchema> {
  const entries = Object.entries(schema.properties ?? {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, JsonSchema] => typeof entry[1] === 'object'),
  );
}

function row(key: string, value: JsonSchema, required: boolean): string {
  const fallback = value.default === undefined ? '' : `\`${JSON.stringify(value.default)}\``;
  const cells = [
    `\`${key}\``,
    typeText(value),
    required ? '**required**' : fallback,
    value.description ?? '',
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function typeText(value: JsonSchema): string {
  if (value.enum !== undefined) {
    return [...new Set(value.enum.map((word) => `\`${String(word)}\``))].join(', ');
  }
  if (value.type !== 'array') return `${String(value.type)}${range(value)}`;
  const items = value.items;
  if (typeof items !== 'object' || Array.isArray(items)) return 'list';
  return inner(value) === undefined ? `list of ${typeText(items)}` : 'list, see below';
}

function range({ minimum, maximum }: JsonSchema): string {
  // Without a bound of its own a whole number has JavaScript's, which tells nobody anything.
  const most = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (minimum === undefined) return '';
  return most === undefined ? ` ≥ ${minimum}` : ` ${minimum}–${most}`;
}
