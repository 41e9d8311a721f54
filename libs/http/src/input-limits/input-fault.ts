import type { ResolvedInputLimits } from './input-limits.options.js';

/** Why a value is refused before anything validates it. */
export interface InputFault {
  /** Where it is, such as `items[0].note`; empty for the whole value. */
  readonly path: string;
  readonly kind: 'nul' | 'lone-surrogate' | 'forbidden-key' | 'depth' | 'keys' | 'items';
  readonly message: string;
}

/** The limits of a value; `Infinity` turns one off. */
export type ValueLimits = Pick<ResolvedInputLimits, 'maxDepth' | 'maxKeys' | 'maxItems'>;

const NO_LIMITS: ValueLimits = { maxDepth: Infinity, maxKeys: Infinity, maxItems: Infinity };

/** One object or array on the way from the root to the value that is being checked. */
interface Level {
  readonly container: Readonly<Record<string, unknown>> | readonly unknown[];
  /** Keys of an object; undefined for an array. */
  readonly keys: readonly string[] | undefined;
  next: number;
}

/**
 * Returns the first fault of a parsed value: a NUL or a lone surrogate in a key or a string and, with
 * limits, more nesting, keys or items than they allow, or a key that validation would take for the
 * class of an object. Visits each value once and without recursion, and stops at the first fault, so
 * limits also bound its cost. Does not look into bytes, dates and other class instances.
 */
export function findInputFault(
  value: unknown,
  limits: ValueLimits = NO_LIMITS,
): InputFault | undefined {
  const text = textFault(value);
  if (text) return fault([], text);
  const root = levelOf(value);
  if (!root) return undefined;
  const levels = [root];
  const named = limits !== NO_LIMITS;
  let keys = 0;
  let items = 0;
  for (let level = levels.at(-1); level; level = levels.at(-1)) {
    if (level.next === 0) {
      if (levels.length > limits.maxDepth) return fault(levels.slice(0, -1), depth(limits));
      if (level.keys) keys += level.keys.length;
      else items += (level.container as readonly unknown[]).length;
      if (keys > limits.maxKeys) return fault(levels.slice(0, -1), tooMany('keys', limits.maxKeys));
      if (items > limits.maxItems) {
        return fault(levels.slice(0, -1), tooMany('items', limits.maxItems));
      }
    }
    const child = step(level);
    if (child === DONE) {
      levels.pop();
      continue;
    }
    const problem = (named && nameFault(level)) || keyFault(level) || textFault(child);
    if (problem) return fault(levels, problem);
    const deeper = levelOf(child);
    if (deeper) levels.push(deeper);
  }
  return undefined;
}

const DONE = Symbol('done');

/** Returns the next value of a container and moves on. */
function step(level: Level): unknown {
  const { container, keys } = level;
  const index = level.next++;
  if (!keys) {
    const items = container as readonly unknown[];
    return index < items.length ? items[index] : DONE;
  }
  return index < keys.length ? (container as Record<string, unknown>)[keys[index]!] : DONE;
}

function levelOf(value: unknown): Level | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return { container: value, keys: undefined, next: 0 };
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return undefined;
  return { container: value as Record<string, unknown>, keys: Object.keys(value), next: 0 };
}

type Problem = Omit<InputFault, 'path'>;

const NUL: Problem = { kind: 'nul', message: 'must not contain the character U+0000' };
const LONE: Problem = {
  kind: 'lone-surrogate',
  message: 'must be well-formed Unicode, without lone surrogates',
};
const KEY: Problem = { kind: 'forbidden-key', message: 'must not have this name' };

function textFault(value: unknown): Problem | undefined {
  if (typeof value !== 'string') return undefined;
  if (value.includes('\0')) return NUL;
  return value.isWellFormed() ? undefined : LONE;
}

/** The fault of the key that {@link step} went to last. */
function keyFault({ keys, next }: Level): Problem | undefined {
  return textFault(keys?.[next - 1]);
}

/** class-transformer and class-validator take the class of an object from its `constructor`. */
function nameFault({ keys, next }: Level): Problem | undefined {
  const key = keys?.[next - 1];
  return key === '__proto__' || key === 'constructor' ? KEY : undefined;
}

function depth({ maxDepth }: ValueLimits): Problem {
  return { kind: 'depth', message: `must not be nested deeper than ${maxDepth} levels` };
}

function tooMany(kind: 'keys' | 'items', max: number): Problem {
  const what = kind === 'keys' ? 'object keys' : 'array items';
  return { kind, message: `the request must not have more than ${max} ${what}` };
}

function fault(levels: readonly Level[], problem: Problem): InputFault {
  return { path: pathOf(levels), ...problem };
}

const MAX_NAME = 64;
const MAX_PATH = 256;

/** Joins `items`, `0` and `note` to `items[0].note`. Odd names are quoted, long ones shortened. */
function pathOf(levels: readonly Level[]): string {
  let path = '';
  for (const { keys, next } of levels) {
    const key = keys?.[next - 1];
    if (key === undefined) path += `[${next - 1}]`;
    else if (/^[\w-]{1,64}$/.test(key)) path += path === '' ? key : `.${key}`;
    else path += `[${JSON.stringify(key.slice(0, MAX_NAME))}]`;
    if (path.length > MAX_PATH) return `${path.slice(0, MAX_PATH)}…`;
  }
  return path;
}
