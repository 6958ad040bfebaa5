import { onRealDrachtio } from '../support/engine.js';
import type { Aviary, Side } from './canaries.js';
import { FIELDS, type FieldContext, type FieldSpec } from './fields.js';

export type Variant = 'plain' | 'compact' | 'folded' | 'repeated' | 'odd-case';

/** A field in one spelling. */
export interface Planting {
  readonly field: FieldSpec;
  readonly variant: Variant;
}

/**
 * With these lines, a message with a description stays under 8 kB. drachtio-server cuts header
 * blocks at 8,400 bytes and its control channel does not survive a frame of 12 kB.
 */
const LINE_BYTES = onRealDrachtio ? 2500 : 5000;

const oddCase = (name: string): string =>
  name.replace(/(.)(.?)/g, (_, a: string, b: string) => a.toLowerCase() + b.toUpperCase());

/** The raw lines of one planting, with fresh canaries. */
export function linesOf(
  { field, variant }: Planting,
  plant: (field: string, variant: string) => string,
  context: FieldContext,
): string[] {
  const value = (): string => field.value(plant(field.name, variant), context);
  switch (variant) {
    case 'plain':
      return [`${field.name}: ${value()}`];
    case 'compact':
      return [`${field.compact ?? field.name}: ${value()}`];
    case 'folded':
      return [`${field.name}:\r\n\t ${value()}`];
    case 'repeated':
      return [`${field.name}: ${value()}`, `${field.name}: ${value()}`];
    case 'odd-case':
      return [`${oddCase(field.name)} : ${value()}`];
  }
}

/** Fields whose syntax drachtio-server checks, in whatever spelling, and refuses with 400. */
const DRACHTIO_CHECKS = new Set([
  'P-Asserted-Identity',
  'P-Preferred-Identity',
  'Date',
  'Refer-Sub',
  'Min-Expires',
]);

/** Fields that it refuses when they come twice. */
const DRACHTIO_WANTS_ONCE = new Set([
  'Reply-To',
  'Referred-By',
  'Refer-To',
  'Organization',
  'Priority',
  'User-Agent',
  'Server',
  'SIP-ETag',
  'SIP-If-Match',
  'Subscription-State',
  'Subject',
  'Privacy',
  'Event',
]);

function refusedByEngine(field: FieldSpec, variant: Variant): boolean {
  if (!onRealDrachtio) return false;
  if (DRACHTIO_CHECKS.has(field.name)) return true;
  return variant === 'repeated' && DRACHTIO_WANTS_ONCE.has(field.name);
}

function plantings(variant: Variant): Planting[] {
  return FIELDS.filter(
    (field) =>
      field.refusable !== true &&
      !refusedByEngine(field, variant) &&
      (variant !== 'compact' || field.compact !== undefined) &&
      (variant !== 'repeated' || field.once !== true),
  ).map((field) => ({ field, variant }));
}

function sizeOf(planting: Planting): number {
  const lines = linesOf(planting, () => 'cnry0000z', { own: '127.0.0.1:50000' });
  return lines.join('\r\n').length + 2;
}

/** All spellings of all fields, cut into what fits one message. */
export function chunks(): Planting[][] {
  const variants: Variant[] = ['plain', 'compact', 'folded', 'repeated', 'odd-case'];
  const all: Planting[][] = [];
  for (const variant of variants) {
    let room = 0;
    for (const planting of plantings(variant)) {
      room -= sizeOf(planting);
      if (room < 0) {
        all.push([]);
        room = LINE_BYTES - sizeOf(planting);
      }
      all.at(-1)?.push(planting);
    }
  }
  return all;
}

/** Fields for which a message may be refused, one by one, in each spelling. */
export function refusable(): Planting[] {
  const fields = FIELDS.filter(
    (field) => field.refusable === true || refusedByEngine(field, 'plain'),
  );
  return fields.flatMap((field) => [
    { field, variant: 'plain' as const },
    { field, variant: 'odd-case' as const },
    ...(field.compact === undefined ? [] : [{ field, variant: 'compact' as const }]),
  ]);
}

/** Writes a chunk into a message. */
export function write(
  aviary: Aviary,
  chunk: readonly Planting[],
  message: string,
  from: Side,
  own: string,
): string[] {
  const plant = (field: string, variant: string): string =>
    aviary.plant(field, variant, message, from);
  return chunk.flatMap((planting) => linesOf(planting, plant, { own }));
}
