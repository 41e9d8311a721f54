import { types } from 'node:util';
import { MASK, maskAddress } from './mask-address.js';
import { isAddressPath, secrecyOfName, secrecyOfPath, type Secrecy } from './secret-path.js';
import { hideNamedSecrets } from './secret-text.js';

/** Error messages and log lines do not show deeper levels. */
const MAX_DEPTH = 4;
const MAX_ITEMS = 100;
const MAX_LENGTH = 1_000;
/** In plain text, or in base64 as it often stands in a variable. */
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY|LS0tLS1CRUdJTi/;

/** What the names around a value say about it. */
interface Known {
  readonly secrecy: Secrecy;
  readonly isAddress: boolean;
  readonly above: readonly object[];
}

type Entry = readonly [name: string | symbol, value: unknown];

/**
 * Returns the value of an option or a variable as an error may show it, with secrets masked at any
 * depth. Masks values that are named like a secret (see `secrecyOfPath`), passwords in addresses,
 * what follows a name such as `password=` in a text, and private keys. Cuts long texts and lists.
 * Blank texts and empty lists are shown, as being empty is what is wrong with them.
 *
 * @param path full name: `queue.redis.password`, `ADMIN_TOKENS`
 * @returns `value` itself if it contains no secret and runs no code when it is shown; otherwise
 * plain objects, arrays and texts
 */
export function maskSecrets(path: string, value: unknown): unknown {
  const known = { secrecy: secrecyOfPath(path), isAddress: isAddressPath(path), above: [] };
  return mask(value, known);
}

function mask(value: unknown, known: Known): unknown {
  switch (typeof value) {
    case 'string':
      return maskText(value, known);
    case 'number':
      // NaN and Infinity are mistakes, not secrets.
      return known.secrecy === 'always' && Number.isFinite(value) ? MASK : value;
    case 'bigint':
      return known.secrecy === 'always' ? MASK : value;
    case 'symbol': {
      const { description = '' } = value;
      const shown = maskText(description, known);
      return shown === description ? value : `Symbol(${shown})`;
    }
    case 'object':
    case 'function':
      return value === null ? null : maskObject(value, known);
    default:
      return value;
  }
}

function maskText(text: string, { secrecy, isAddress }: Known): string {
  if (text.trim() === '') return text;
  if (secrecy !== undefined || PRIVATE_KEY.test(text)) return MASK;
  const shown = hideNamedSecrets(maskAddress(text, isAddress), MASK);
  const over = shown.length - MAX_LENGTH;
  return over > 0 ? `${shown.slice(0, MAX_LENGTH)}… ${over} more characters` : shown;
}

/** Never throws, even for an object that throws when it is inspected. */
function maskObject(value: object, known: Known): unknown {
  try {
    return shownOf(value, known);
  } catch {
    return '[unreadable]';
  }
}

function shownOf(value: object, known: Known): unknown {
  const { above } = known;
  if (above.includes(value)) return '[circular]';
  if (types.isBoxedPrimitive(value)) return mask(value.valueOf(), known);
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) {
    return `[${value.byteLength} bytes]`;
  }
  if (types.isNativeError(value)) return maskText(`${value.name}: ${value.message}`, known);
  const text = textOf(value);
  if (text !== undefined) {
    const shown = maskText(text, value instanceof URL ? { ...known, isAddress: true } : known);
    return shown === text && hasNoFields(value) ? value : shown;
  }
  if (typeof value === 'function') return hasNoFields(value) ? value : '[function]';
  const inner = { ...known, above: [...above, value] };
  const isList = Array.isArray(value);
  const isOpen = isList || value instanceof Map || value instanceof Set || isPlainObject(value);
  // The fields of an instance of a class are shown only if it is the value itself.
  if (above.length >= MAX_DEPTH || (above.length > 0 && !isOpen)) return `[${nameOf(value)}]`;
  if (isList) return maskList(value, inner);
  if (value instanceof Set) return maskList([...value], inner);
  if (value instanceof Map) return maskEntries([...value.entries()].map(entryOf), inner);
  return maskFields(value, inner);
}

/** The text that stands for an object such as a URL; undefined for other objects. */
function textOf(value: object): string | undefined {
  if (value instanceof URL) return value.href;
  if (types.isRegExp(value)) return RegExp.prototype.toString.call(value);
  // A date is not a secret, but its fields could be.
  return types.isDate(value) ? Date.prototype.toString.call(value) : undefined;
}

function maskList(list: readonly unknown[], known: Known): unknown {
  const shown = list.slice(0, MAX_ITEMS);
  const items = shown.every(isPair)
    ? shown.map(([name, value]) => [mask(name, known), maskNamed(name, value, known)])
    : Array.from(shown, (item) => mask(item, known));
  const left = list.length - items.length;
  if (left > 0) return [...items, `${left} more items`];
  const isSame = items.every((item, i) => Object.is(item, list[i]));
  const hasMore = types.isProxy(list) || Object.keys(list).length > items.length;
  return isSame && !hasMore ? list : items;
}

/** Whether an item is an entry, as `Object.entries` returns them. */
function isPair(item: unknown): item is readonly [string, unknown] {
  return Array.isArray(item) && item.length === 2 && typeof item[0] === 'string';
}

function maskFields(value: object, known: Known): unknown {
  const entries = Reflect.ownKeys(value)
    .slice(0, MAX_ITEMS)
    .map((name): Entry => {
      const descriptor = Reflect.getOwnPropertyDescriptor(value, name)!;
      // Getters are not called: they may throw or have side effects.
      return [name, 'value' in descriptor ? (descriptor.value as unknown) : '[getter]'];
    });
  const copy = maskEntries(entries, known) as object;
  if (!isPlainObject(value) && entries.length === 0) return `[${nameOf(value)}]`;
  // An instance may have its own way to print itself, and a proxy may hide fields.
  if (!isPlainObject(value) || types.isProxy(value)) return copy;
  const isSame = entries.every(([name, inner]) =>
    Object.is((copy as Record<string | symbol, unknown>)[name], inner),
  );
  return isSame && Reflect.ownKeys(value).length === entries.length ? value : copy;
}

/** A header or a variable in a list names itself: `{ name: 'authorization', value: '...' }`. */
function maskEntries(entries: readonly Entry[], known: Known): object {
  const own = entries.find(([name]) => name === 'name' || name === 'key')?.[1];
  const shown = entries.slice(0, MAX_ITEMS).map(([name, value]) => {
    const named = name === 'value' && typeof own === 'string' ? own : name;
    return [maskName(name), maskNamed(named, value, known)] as const;
  });
  const left = entries.length - shown.length;
  return Object.fromEntries(left > 0 ? [...shown, ['…', `${left} more`]] : shown);
}

function entryOf([key, value]: readonly [unknown, unknown]): Entry {
  if (typeof key === 'symbol') return [key, value];
  return [typeof key === 'object' && key !== null ? `[${nameOf(key)}]` : String(key), value];
}

function maskNamed(name: string | symbol, value: unknown, known: Known): unknown {
  const text = typeof name === 'symbol' ? (name.description ?? '') : name;
  // Printing the object would call it.
  if (typeof value === 'function' && (text === 'toJSON' || typeof name === 'symbol')) {
    return '[function]';
  }
  return mask(value, {
    ...known,
    secrecy: known.secrecy ?? secrecyOfName(text),
    isAddress: isAddressPath(text),
  });
}

function maskName(name: string | symbol): string | symbol {
  if (typeof name === 'string') return maskAddress(name);
  const { description = '' } = name;
  return maskAddress(description) === description ? name : maskAddress(description);
}

function hasNoFields(value: object): boolean {
  return !types.isProxy(value) && Object.keys(value).length === 0;
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function nameOf(value: object): string {
  const { constructor } = value as { readonly constructor?: { readonly name?: unknown } };
  const name = constructor?.name;
  return typeof name === 'string' && /^[\w$]{1,60}$/.test(name) ? name : 'object';
}
