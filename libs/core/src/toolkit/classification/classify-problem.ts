import { CALLERS_DEADLINE, REJECTED, TIMED_OUT, type Classification } from './classification.js';

/**
 * Codes with which a service refuses a request without trying it. It is alive, and the circuit that is
 * open, or the bulkhead that is full, already protects what lies behind it. If they counted as failures,
 * one open circuit would open those of all callers, for all their routes.
 */
const REFUSALS: ReadonlySet<string> = new Set([
  'OVERLOADED',
  'CIRCUIT_OPEN',
  'BULKHEAD_FULL',
  'RATE_LIMITED',
]);

/**
 * Classifies a 503 or 504 by the code of its problem details. Undefined if the code says no more than the
 * status.
 *
 * @param callersDeadline whether the request carried the deadline of our own caller
 */
export function classifyProblem(
  status: number,
  code: string | undefined,
  callersDeadline: boolean,
): Classification | undefined {
  if (code === undefined) return undefined;
  if (status === 503 && REFUSALS.has(code)) return REJECTED;
  if (status === 504 && code === 'DEADLINE_EXCEEDED') {
    return callersDeadline ? CALLERS_DEADLINE : TIMED_OUT;
  }
  return undefined;
}
