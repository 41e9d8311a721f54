import type { ValidationError } from 'class-validator';
import type { ProblemIssue } from '../problem-details/problem.js';

/** Returns one issue for each rule that a field breaks, with the path of the field. */
export function validationIssues(errors: readonly ValidationError[], parent = ''): ProblemIssue[] {
  return errors.flatMap(({ property, constraints = {}, children = [] }) => {
    const path = join(parent, property);
    const own = Object.values(constraints).map((message) => ({ path, message }));
    return [...own, ...validationIssues(children, path)];
  });
}

/** Joins `items`, `0` and `price` to `items[0].price`. */
function join(parent: string, property: string): string {
  if (/^\d+$/.test(property)) return `${parent}[${property}]`;
  return parent === '' ? property : `${parent}.${property}`;
}
