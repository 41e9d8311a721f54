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

/**
 * Returns the errors of an AggregateError, or of a MultiErrorReply of node-redis, at most 16. Empty for
 * others, also if `errors` lists what is wrong with the fields of a value, as validators and Sequelize do:
 * such an item is no error with a class of its own, and would hide the error of the database.
 */
export function errorsOf(error: unknown): readonly unknown[] {
  const indexes = itemsOf(fieldOf(error, 'errorIndexes'));
  const replies = fieldOf(error, 'replies');
  if (indexes.length > 0) return indexes.map((index) => fieldOf(replies, Number(index)));
  return itemsOf(fieldOf(error, 'errors')).filter(isThrown);
}

function isThrown(item: unknown): boolean {
  return !isObject(item) || typeof fieldOf(item, 'stack') === 'string';
}

function itemsOf(list: unknown): readonly unknown[] {
  try {
    return Array.isArray(list) ? Array.from(list.slice(0, MAX_ERRORS) as unknown[]) : [];
  } catch {
    return [];
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
