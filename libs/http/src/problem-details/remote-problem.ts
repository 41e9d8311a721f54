import { currentContext, isLoyalNestError, type ErrorCategory } from '@loyalnest/core';
import { STATUS_CODES } from 'node:http';
import { problemOf, type Problem } from './problem-of.js';
import { categoryOfStatus } from './problem.error.js';
import type { ProblemIssue } from './problem.js';

/** What a caller outside of HTTP learns about an error: a message, a WebSocket or GraphQL. */
export interface RemoteProblem {
  /** The same in every answer, as in Nest's own answers. */
  readonly status: 'error';
  /** Stable code for programs. */
  readonly code: string;
  readonly category: ErrorCategory;
  /** What happened; never an internal message. */
  readonly message: string;
  /** Whether the same message may succeed later. */
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly correlationId?: string;
  readonly errors?: readonly ProblemIssue[];
}

/** A problem, and whether it is logged because the service did not expect it. */
export interface DescribedProblem {
  readonly body: object;
  readonly unexpected: boolean;
}

/**
 * Describes an error to a caller outside of HTTP, in data that every transport can send. An
 * `RpcException` or `WsException` says what its author wrote, but never an error inside of it.
 */
export function describeProblem(error: unknown): DescribedProblem {
  const authored = authoredIn(error);
  if (authored === undefined) return described(problemOf(error), error);
  if (authored instanceof Error) return describeProblem(authored);
  if (typeof authored !== 'object' || authored === null) {
    const problem = refusal(String(authored));
    const category = categoryOfStatus(problem.status);
    return { body: remote(problem, category, false), unexpected: false };
  }
  const plain = withoutErrors(authored);
  if (plain === undefined) return described(problemOf(undefined), undefined);
  return { body: { ...correlated(), ...plain }, unexpected: false };
}

function described(problem: Problem, error: unknown): DescribedProblem {
  const own = isLoyalNestError(error) ? error : undefined;
  const category = categoryOfStatus(problem.status);
  const retryable = problem.status < 500 ? (own?.retryable ?? false) : isTransient(problem.status);
  return { body: remote(problem, category, retryable), unexpected: problem.unexpected === true };
}

function remote(
  { status, code, detail, errors, retryAfterMs }: Problem,
  category: ErrorCategory,
  retryable: boolean,
): RemoteProblem {
  return {
    status: 'error',
    code,
    category,
    message: detail ?? STATUS_CODES[status] ?? 'Error',
    retryable,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...correlated(),
    ...(errors && { errors }),
  };
}

function correlated(): { readonly correlationId?: string } {
  const correlationId = currentContext()?.correlationId;
  return correlationId === undefined ? {} : { correlationId };
}

function isTransient(status: number): boolean {
  return status === 503 || status === 504;
}

/** Nest's own packages may not be installed, so their exceptions are recognized by their shape. */
function authoredIn(error: unknown): unknown {
  if (!(error instanceof Error) || !('getError' in error)) return undefined;
  return typeof error.getError === 'function' ? (error.getError() as unknown) : undefined;
}

/** Nest throws this text if a guard refuses. */
const FORBIDDEN = 'Forbidden resource';

function refusal(detail: string): Problem {
  return detail === FORBIDDEN
    ? { status: 403, code: 'FORBIDDEN', detail }
    : { status: 400, code: 'BAD_REQUEST', detail };
}

/** Returns a copy that every transport can send; undefined if there is none. */
function withoutErrors(value: object): object | undefined {
  try {
    const text = JSON.stringify(value, (_key, part: unknown) =>
      part instanceof Error ? undefined : part,
    );
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}
