import { fieldOf, textOf } from './safe-field.js';

const NAMES: ReadonlySet<string> = new Set([
  'AssertionError',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
]);
/** fetch reports a failed exchange as a TypeError with one of these messages. */
const FETCH_FAILED = /^(fetch failed|terminated|Failed to fetch)$/;
/** Causes of a failed fetch that lie in the request. */
const OWN_REQUEST = /unknown scheme|bad port|invalid url|URL scheme|keepalive|not implemented/i;

/** Returns whether an error is a mistake in this process: the same call would always fail. */
export function isProgrammingError(error: unknown): boolean {
  const isOne = NAMES.has(textOf(error, 'name')) || isNative(error);
  return isOne && !isFailedFetch(error);
}

/** Returns whether fetch reports that the exchange failed, for whatever reason outside of the request. */
function isFailedFetch(error: unknown): boolean {
  if (!FETCH_FAILED.test(textOf(error, 'message'))) return false;
  const cause = fieldOf(error, 'cause');
  return cause !== undefined && !OWN_REQUEST.test(textOf(cause, 'message'));
}

/** Also finds subclasses with another name. */
function isNative(error: unknown): boolean {
  try {
    return (
      error instanceof TypeError ||
      error instanceof RangeError ||
      error instanceof ReferenceError ||
      error instanceof SyntaxError ||
      error instanceof URIError
    );
  } catch {
    return false;
  }
}
