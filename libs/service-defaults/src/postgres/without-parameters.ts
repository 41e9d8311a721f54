import { DrizzleQueryError } from 'drizzle-orm';

/**
 * The error of node-postgres instead of the one that Drizzle makes of it, whose message repeats the
 * parameters of the query: with them names and addresses would get into logs and dead letters.
 */
export function withoutParameters(error: unknown): unknown {
  if (!(error instanceof DrizzleQueryError)) return error;
  return error.cause ?? new Error(`failed query: ${error.query}`);
}
