import { currentContext } from '@loyalnest/core';
import { STATUS_CODES } from 'node:http';
import type { Problem } from './problem-of.js';
import type { ProblemDetails } from './problem.js';

export const PROBLEM_JSON = 'application/problem+json';

/** Returns the body of the answer for a problem of the current request. */
export function detailsOf(problem: Problem, instance: string, typeBase?: string): ProblemDetails {
  const { status, code, detail, errors } = problem;
  const correlationId = currentContext()?.correlationId;
  const kind = code.toLowerCase().replaceAll('_', '-');
  return {
    type: problem.type ?? (typeBase === undefined ? 'about:blank' : typeBase + kind),
    title: STATUS_CODES[status] ?? 'Error',
    status,
    ...(detail !== undefined && { detail }),
    instance,
    code,
    ...(correlationId && { correlationId }),
    ...(errors && { errors }),
  };
}

/** Returns the path without the query, which may contain secrets. */
export function pathOf(url: string): string {
  return url.split('?', 1)[0]!;
}

/** Removes the query, which may contain secrets: Nest names the whole URL in the message of a 404. */
export function withoutQuery(problem: Problem, url: string): Problem {
  const { detail } = problem;
  return detail === undefined
    ? problem
    : { ...problem, detail: detail.replaceAll(url, () => pathOf(url)) };
}
