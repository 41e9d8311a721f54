import type { ValidationError } from 'class-validator';
import type { ProblemIssue } from '../problem-details/problem.js';

/**
 * Returns one issue for each rule that a field breaks, with the path of the field. Returns at most
 * `max` issues; the last one then says that there are more.
 */
export function validationIssues(
  errors: readonly ValidationError[],
  max = Infinity,
): readonly ProblemIssue[] {
  const issues: ProblemIssue[] = [];
  collect(errors, '', max + 1, issues);
  if (issues.length <= max) return issues;
  return [...issues.slice(0, max - 1), { message: 'more rules are broken; fix these first' }];
}

function collect(
  errors: readonly ValidationError[],
  parent: string,
  enough: number,
  issues: ProblemIssue[],
): void {
  for (const { property, constraints = {}, children = [] } of errors) {
    const path = join(parent, property);
    for (const message of Object.values(constraints)) {
      if (issues.length >= enough) return;
      issues.push({ path: shortened(path), message: shortened(message) });
    }
    collect(children, path, enough, issues);
  }
}

/** Joins `items`, `0` and `price` to `items[0].price`. */
function join(parent: string, property: string): string {
  if (/^\d+$/.test(property)) return `${parent}[${property}]`;
  return parent === '' ? property : `${parent}.${property}`;
}

/** Unknown fields may have names of any length, which their messages repeat. */
function shortened(text: string): string {
  return text.length <= 256 ? text : `${text.slice(0, 256).toWellFormed()}…`;
}
