import fc from 'fast-check';

/**
 * Properties are tried on the same examples in every run, so that a change is judged by what it
 * changed. `CALLVEIL_TEST_SEED=N` (any integer) tries others; a counterexample found that way
 * becomes a test of its own.
 */
export const seed = Number(process.env['CALLVEIL_TEST_SEED'] ?? 20_261_122);
if (!Number.isInteger(seed)) throw new Error('CALLVEIL_TEST_SEED must be an integer');
fc.configureGlobal({ seed });
