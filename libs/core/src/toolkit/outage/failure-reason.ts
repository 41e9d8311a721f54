import { inspect } from 'node:util';

/**
 * Says in words why something failed; never empty, and never throws. The error of a host with several
 * addresses, such as `localhost`, has no message: Node puts one into the error of each address.
 */
export function failureReason(error: unknown): string {
  if (typeof error === 'string' && error !== '') return error;
  if (!(error instanceof Error)) return inspect(error, { depth: 0, customInspect: false });
  if (error.message !== '') return error.message;
  const inner = error instanceof AggregateError ? error.errors.map(failureReason) : [];
  return [...new Set(inner)].join(', ') || error.name;
}
