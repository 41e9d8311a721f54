import { types } from 'node:util';
import { MASK, maskAddress } from './mask-address.js';
import { isAddressPath, secrecyOfName, secrecyOfPath, type Secrecy } from './secret-path.js';

/** Error messages and log lines do not show deeper levels. */
const MAX_DEPTH = 4;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/** What the names around a value say about it. */
interface Known {
  readonly secrecy: Secrecy;
  readonly isAddress: boolean;
  readonly above: readonly object[];
}

/**
 * Returns the value of an option or a variable as an error may show it, with secrets masked at any
 * depth. Masks values that are named like a secret (see `secrecyOfPath`), passwords in addresses and
 * private keys. Blank texts and empty lists are shown, as being empty is what is wrong with them.
 *
 * @param path full name: `queue.redis.password`, `ADMIN_TOKENS`
 * @returns `value` itself if it contains no secret; otherwise a masked copy
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
    case 'object':
      return value === null ? null : maskObject(value, known);
    default:
      return value;
  }
}

function maskText(text: string, { secrecy, isAddress }: Known): string {
  if (text.trim() === '') return text;
  if (secrecy !== undefined || PRIVATE_KEY.test(text)) return MASK;
  return maskAddress(text, isAddress);
}

function maskObject(value: object, known: Known): unknown {
  const { above } = known;
  if (value instanceof Date || value instanceof RegExp) return value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof URL) return maskUrl(value, known);
  if (types.isNativeError(value)) return maskText(`${value.name}: ${value.message}`, known);
  if (above.includes(value)) return '[circular]';
  const isPlain = isPlainObject(value) || Array.isArray(value);
  if (above.length >= MAX_DEPTH || (above.length > 0 && !isPlain)) return `[${nameOf(value)}]`;
  try {
    return maskEntries(value, { ...known, above: [...above, value] });
  } catch {
    return '[unreadable]';
  }
}

function maskUrl(url: URL, known: Known): unknown {
  const masked = maskText(url.href, { ...known, isAddress: true });
  return masked === url.href ? url : masked;
}

function maskEntries(value: object, known: Known): unknown {
  if (value instanceof Map) return maskEntries(Object.fromEntries(value), known);
  if (value instanceof Set) return maskEntries([...value], known);
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => mask(item, known));
    return items.every((item, i) => Object.is(item, value[i])) ? value : items;
  }
  const copy = Object.create(Object.getPrototypeOf(value) as object | null) as object;
  let isMasked = false;
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
    // Getters are not called: they may throw or have side effects.
    const inner = 'value' in descriptor ? (descriptor.value as unknown) : '[getter]';
    const shown = mask(inner, {
      ...known,
      secrecy: known.secrecy ?? secrecyOfName(name),
      isAddress: isAddressPath(name),
    });
    isMasked ||= !('value' in descriptor) || !Object.is(shown, inner);
    Object.defineProperty(copy, name, {
      value: shown,
      enumerable: descriptor.enumerable ?? false,
      configurable: true,
      writable: true,
    });
  }
  return isMasked ? copy : value;
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function nameOf(value: object): string {
  return (value.constructor as { readonly name?: string } | undefined)?.name || 'object';
}
