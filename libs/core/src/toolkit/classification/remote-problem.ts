import type { ErrorCategory } from '../../error/loyalnest.error.js';
import {
  RATE_LIMITED,
  REFUSED_CREDENTIALS,
  SUCCESS,
  TIMED_OUT,
  TRANSIENT,
  type Classification,
} from './classification.js';
import { classifyProblem } from './classify-problem.js';
import { fieldOf, textOf } from './safe-field.js';

const BY_CATEGORY: Readonly<Record<ErrorCategory, Classification>> = {
  unavailable: TRANSIENT,
  timeout: TIMED_OUT,
  'rate-limited': RATE_LIMITED,
  invalid: SUCCESS,
  conflict: SUCCESS,
  'not-found': SUCCESS,
  forbidden: REFUSED_CREDENTIALS,
  unauthenticated: REFUSED_CREDENTIALS,
  // An unexpected error of the other service, like a 500. In an error of this process it is our mistake.
  internal: TRANSIENT,
};
const STATUSES: Readonly<Partial<Record<ErrorCategory, number>>> = {
  unavailable: 503,
  timeout: 504,
};

/**
 * Classifies the error reply of another service to a message or a GraphQL field: `RemoteProblem` of
 * `@loyalnest/http`, which clients reject with as plain data. It counts as the same problem over HTTP
 * does. Undefined for other errors.
 *
 * @param callersDeadline whether the message carried the deadline of our own caller
 */
export function classifyRemoteProblem(
  error: unknown,
  callersDeadline: boolean,
): Classification | undefined {
  const problem = fieldOf(error, 'status') === 'error' ? error : fieldOf(error, 'extensions');
  const category = textOf(problem, 'category') as ErrorCategory;
  const code = textOf(problem, 'code');
  if (code === '' || !Object.hasOwn(BY_CATEGORY, category)) return undefined;
  const status = STATUSES[category];
  const refusal = status === undefined ? undefined : classifyProblem(status, code, callersDeadline);
  const known = refusal ?? BY_CATEGORY[category];
  return { ...known, retryable: known.retryable && fieldOf(problem, 'retryable') === true };
}
