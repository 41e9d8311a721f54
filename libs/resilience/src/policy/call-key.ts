import { currentContext } from '@loyalnest/core';
import { warnAbsentKey } from './absent-key.js';
import type { Call } from './call.js';
import { NoCallKeyError } from './no-call-key.error.js';
import { ownKey } from './own-key.js';

export interface CallKeyOptions {
  /**
   * Calls with the same key count as the same call. Gets the arguments; `this` is the instance. A call
   * whose key is undefined, empty, NaN or an object shares nothing.
   * @defaultValue the instance and the arguments, if they are plain data
   */
  readonly key?: (...args: never[]) => string;
  /**
   * `merchant`: calls of two merchants are never the same, and a call without a merchant in its
   * context shares nothing. `shared`: the merchant is ignored; only for data that is the same for
   * everybody.
   * @defaultValue 'merchant'
   */
  readonly scope?: 'merchant' | 'shared';
}

/**
 * Returns the key that a call has in common with equal calls. Undefined if the call must not share
 * anything, because nobody knows whose it is: its context has no merchant, or `key` returned nothing.
 * The first time, this is logged.
 *
 * @throws {@link NoCallKeyError}
 */
export function callKeyOf(
  policy: string,
  { key, scope }: CallKeyOptions,
  call: Call,
): string | undefined {
  const own = key ? ownKey(key, call.self, call.args) : dataKey(policy, call.self, call.args);
  if (own === undefined) {
    warnAbsentKey(policy, 'its key is undefined, empty or no text', 'return a text for every call');
    return undefined;
  }
  if (scope === 'shared') return own;
  const merchant = currentContext()?.merchantId;
  if (!merchant) {
    const remedy = "run it in a context with a merchant, or set scope: 'shared'";
    warnAbsentKey(policy, 'the context has no merchant', remedy);
    return undefined;
  }
  // JSON quotes the merchant, so no id can collide with the key of another merchant.
  return `${JSON.stringify(merchant)} ${own}`;
}

const numbers = new WeakMap<object, number>();
let instances = 0;

/** Two instances of a class may belong to two shops, and share the policies of its methods. */
function numberOf(self: unknown): number {
  if (typeof self !== 'object' || self === null) return 0;
  let number = numbers.get(self);
  if (number === undefined) numbers.set(self, (number = ++instances));
  return number;
}

function dataKey(policy: string, self: unknown, args: readonly unknown[]): string {
  return `${numberOf(self)} ${JSON.stringify(args.map((argument) => plain(policy, argument)))}`;
}

/**
 * Converts data so that JSON keeps bigint, undefined and NaN distinct, and fields in a fixed order.
 */
function plain(policy: string, value: unknown): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
    case 'bigint':
    case 'undefined':
      return { [typeof value]: String(value) };
    case 'object':
      if (value === null || value instanceof AbortSignal) return null;
      if (value instanceof Date) return { date: value.getTime() };
      if (Array.isArray(value)) return value.map((item) => plain(policy, item));
      if (isPlainObject(value)) {
        return Object.entries(value)
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([field, item]) => ({ field, item: plain(policy, item) }));
      }
  }
  throw new NoCallKeyError(policy);
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
