import { DrizzleQueryError } from 'drizzle-orm';

/**
 * Unwraps the node-postgres error from Drizzle's. The message of Drizzle's error repeats the query
 * parameters, which would put names and addresses into logs and dead letters.
 */
export function withoutParameters(error: unknown): unknown {
  if (!(error instanceof DrizzleQueryError)) return error;
  return error.cause ?? new Error(`failed query: ${error.query}`);
}
