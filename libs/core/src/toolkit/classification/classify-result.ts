import { SUCCESS, type Classification } from './classification.js';
import type { ClassifiedCall } from './classify-error.js';
import { classifyProblem } from './classify-problem.js';
import { classifyStatus } from './classify-status.js';
import { problemCodeOf } from './problem-code.js';
import { statusOfResult } from './response-status.js';
import { fieldOf } from './safe-field.js';

/**
 * Classifies a returned value. A response of an HTTP client, such as fetch's `Response`, counts by its
 * status as an error with that status does; any other value is a success. Never throws.
 */
export function classifyResult(value: unknown, call: ClassifiedCall = {}): Classification {
  const status = statusOfResult(value);
  if (status === undefined || status < 400) return SUCCESS;
  if (status < 500) return classifyStatus(status);
  const source = fieldOf(value, 'deadlineSource');
  const callersDeadline =
    source === undefined ? call.callersDeadline === true : source === 'caller';
  return classifyProblem(status, problemCodeOf(value), callersDeadline) ?? classifyStatus(status);
}
