import { inspect } from 'node:util';

const MAX_CAUSES = 5;

/**
 * Returns the stacks of an error and of its causes. Leaves out other properties, in which database
 * drivers keep the parameters of a statement.
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
