import { ABORTED, TIMED_OUT, type Classification } from './classification.js';
import { classOf, fieldOf, textOf } from './safe-field.js';

const NAMES: ReadonlySet<string> = new Set(['AbortError', 'CanceledError', 'CancelError']);
const CODES: ReadonlySet<string> = new Set(['ABORT_ERR', 'ERR_CANCELED', 'ERR_ABORTED']);

/**
 * Classifies the errors with which Node, fetch, axios and got end an aborted call. An abort by
 * `AbortSignal.timeout()` is a timeout. Undefined for other errors.
 */
export function classifyAbort(error: unknown): Classification | undefined {
  if (isTimeout(error)) return TIMED_OUT;
  const isAbort = NAMES.has(textOf(error, 'name')) || CODES.has(textOf(error, 'code'));
  // ioredis gives this name to commands that a lost connection ended.
  if (!isAbort || fieldOf(error, 'command') !== undefined) return undefined;
  const axiosSignal = fieldOf(fieldOf(error, 'config'), 'signal');
  const reasons = [fieldOf(error, 'cause'), fieldOf(axiosSignal, 'reason')];
  return reasons.some(isTimeout) ? TIMED_OUT : ABORTED;
}

function isTimeout(error: unknown): boolean {
  return textOf(error, 'name') === 'TimeoutError' || classOf(error) === 'TimeoutError';
}
