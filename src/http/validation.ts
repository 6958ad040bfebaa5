import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import { fieldErrors } from './field-errors.js';
import { ApiProblem } from './problems.js';

/** Checks one part of a request with its zod schema; what is wrong becomes `errors` of a problem. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema }) =>
  (data: unknown) => {
    // Fastify hands over null for an absent body; the two mean the same to us.
    const input = data ?? undefined;
    const result = schema.safeParse(input);
    if (result.success) return { value: result.data };
    return { error: new ApiProblem('invalid-request', fieldErrors(result.error.issues, input)) };
  };
