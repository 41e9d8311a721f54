import { isCardNumber, REDACTED, redactText, SecretNames } from '@loyalnest/core/toolkit';
import { types } from 'node:util';

/** pino itself writes fewer levels. */
const MAX_DEPTH = 8;
const MAX_ITEMS = 200;
const MIN_CARD = 1e12;
const NO_NAMES: ReadonlySet<string> = new Set();

type Fields = Record<string, unknown>;

/**
 * Copies values for a log and redacts the copy: fields that are named like a secret, at any depth,
 * and whatever {@link redactText} finds in strings. Never changes the original.
 */
export class Redaction {
  private readonly names: SecretNames;

  /** @param more field names to redact, in addition to the built-in ones */
  constructor(more: readonly string[] = []) {
    this.names = new SecretNames(more);
  }

  /**
   * Returns a redacted copy of `fields`.
   *
   * @param plain top-level fields that are copied unchanged
   */
  fields(fields: object, plain?: ReadonlySet<string>): Fields {
    return this.entries(fields, [fields], plain);
  }

  /**
   * Returns a redacted copy of any value. Never throws: unreadable values become `[unreadable]`.
   */
  value(value: unknown): unknown {
    return this.copy(value, []);
  }

  private field(name: string, value: unknown, above: readonly object[]): unknown {
    const hides = value !== undefined && value !== null && typeof value !== 'boolean';
    return hides && this.names.has(name) ? REDACTED : this.copy(value, above);
  }

  private copy(value: unknown, above: readonly object[]): unknown {
    if (typeof value === 'string') return redactText(value);
    if (typeof value === 'number') {
      return value >= MIN_CARD && isCardNumber(String(value)) ? REDACTED : value;
    }
    if (typeof value !== 'object' || value === null) return value;
    if (above.includes(value)) return '[circular]';
    if (above.length >= MAX_DEPTH) return '[deeper]';
    try {
      return this.copyObject(value, [...above, value]);
    } catch {
      return '[unreadable]';
    }
  }

  private copyObject(value: object, above: readonly object[]): unknown {
    if (value instanceof Error || types.isNativeError(value)) return this.error(value, above);
    if (value instanceof Date) return value;
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (value instanceof Map) return this.copy(Object.fromEntries(value), above);
    if (value instanceof Set) return this.list([...value], above);
    if (Array.isArray(value)) return this.list(value, above);
    const { toJSON } = value as { readonly toJSON?: unknown };
    if (typeof toJSON === 'function') return this.copy(Reflect.apply(toJSON, value, []), above);
    return this.entries(value, above);
  }

  private entries(
    value: object,
    above: readonly object[],
    plain: ReadonlySet<string> = NO_NAMES,
  ): Fields {
    const copy: Fields = {};
    const named = this.nameOf(value as Fields);
    for (const name of Object.keys(value)) {
      const inner = (value as Fields)[name];
      const known = named !== undefined && name === 'value' ? named : name;
      if (plain.has(name)) copy[name] = inner;
      else if (name === 'args' && isCommand(value)) copy[name] = `[${value.args.length} arguments]`;
      else copy[name] = this.field(known, inner, above);
    }
    return copy;
  }

  private list(items: readonly unknown[], above: readonly object[]): unknown[] {
    const copies = items.slice(0, MAX_ITEMS).map((item, i) => {
      // `rawHeaders` and pairs: the name of a header comes before its value.
      const before = items[i - 1];
      return typeof item !== 'object' && typeof before === 'string'
        ? this.field(before, item, above)
        : this.copy(item, above);
    });
    const left = items.length - MAX_ITEMS;
    return left > 0 ? [...copies, `[${left} more]`] : copies;
  }

  /** A header or a variable in a list names itself: `{ name: 'cookie', value: '...' }`. */
  private nameOf({ name, key, value }: Fields): string | undefined {
    if (value === undefined) return undefined;
    const named = name ?? key;
    return typeof named === 'string' ? named : undefined;
  }

  private error(error: Error, above: readonly object[]): Fields {
    const { name, message, stack, cause } = error;
    return {
      type: name,
      message: redactText(message),
      ...this.entries(error, above),
      ...(cause !== undefined && { cause: this.copy(cause, above) }),
      ...(stack && { stack: redactText(stack) }),
    };
  }
}

/** ioredis adds the command to an error: a password, or data that was to be stored. */
function isCommand(value: object): value is { readonly args: readonly unknown[] } {
  const { name, args } = value as Fields;
  return typeof name === 'string' && Array.isArray(args);
}
