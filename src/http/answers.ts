import type { z } from 'zod';
import { PROBLEMS, type ProblemCode } from './problems.js';
import { problemBody } from './schemas.js';

interface ProblemResponse {
  readonly description: string;
  readonly content: {
    readonly 'application/problem+json': { readonly schema: typeof problemBody };
  };
}

/** Answers of a route for OpenAPI: what it gives, and the problems it can end in, by status. */
export function answers<Good extends Readonly<Record<number, z.ZodType>>>(
  good: Good,
  codes: readonly ProblemCode[],
): Good & Record<string, ProblemResponse> {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of [...codes, ...ALWAYS]) {
    const { status } = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const problems = [...byStatus].map(([status, several]) => [
    String(status),
    {
      description: several.map((code) => `\`${code}\`: ${PROBLEMS[code].help}`).join('\n\n'),
      content: { 'application/problem+json': { schema: problemBody } },
    },
  ]);
  return { ...good, ...(Object.fromEntries(problems) as Record<string, ProblemResponse>) };
}

const ALWAYS: readonly ProblemCode[] = [
  'invalid-request',
  'unauthorized',
  'internal-error',
  'store-unavailable',
];
