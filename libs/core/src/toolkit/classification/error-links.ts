import { fieldOf } from './safe-field.js';

/** Wrappers by Drizzle and others (`cause`), TypeORM, Sequelize. */
const LINKS = ['cause', 'driverError', 'original', 'parent'] as const;
const MAX_DEPTH = 8;

/** Returns an error and those that it wraps, the outermost first: at most 8, each once. */
export function chainOf(error: unknown): readonly unknown[] {
  const chain: unknown[] = [error];
  for (let link: unknown = error; chain.length < MAX_DEPTH;) {
    const next = LINKS.map((name) => fieldOf(link, name)).find(isObject);
    if (next === undefined || chain.includes(next)) break;
    chain.push(next);
    link = next;
  }
  return chain;
}

const MAX_ERRORS = 16;

/** Returns the errors of an AggregateError, at most 16. Empty for others. */
export function errorsOf(error: unknown): readonly unknown[] {
  const errors = fieldOf(error, 'errors');
  try {
    return Array.isArray(errors) ? Array.from(errors.slice(0, MAX_ERRORS) as unknown[]) : [];
  } catch {
    return [];
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
