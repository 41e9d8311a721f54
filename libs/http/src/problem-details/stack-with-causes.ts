import { inspect } from 'node:util';

const MAX_CAUSES = 5;

/**
 * Stacks of an error and of its causes. Other properties stay out: database drivers keep the
 * parameters of a statement there.
 */
export function stackWithCauses(error: unknown): string {
  const stacks: string[] = [];
  for (let next = error; next !== undefined && stacks.length <= MAX_CAUSES;) {
    if (!(next instanceof Error)) {
      stacks.push(inspect(next, { depth: 1 }));
      break;
    }
    stacks.push(next.stack ?? String(next));
    next = next.cause;
  }
  return stacks.join('\ncaused by: ');
}
