import { inspect, types } from 'node:util';

/**
 * Returns why something failed, on one line and never empty. Never throws. Node's error for a host
 * with several addresses, such as `localhost`, has no message, so this joins those of each address.
 */
export function failureReason(error: unknown): string {
  if (typeof error === 'string' && error !== '') return error;
  // Not instanceof: an error may come from another realm.
  if (!types.isNativeError(error)) return inspect(error, SHALLOW);
  if (error.message !== '') return error.message;
  const { errors } = error as { readonly errors?: unknown };
  const inner = Array.isArray(errors) ? errors.map(failureReason) : [];
  return [...new Set(inner)].join(', ') || error.name;
}

const SHALLOW = { depth: 0, customInspect: false, breakLength: Infinity };
