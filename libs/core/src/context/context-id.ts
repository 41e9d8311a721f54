import { ContextIdError, type ContextIdField } from './context-id.error.js';

/** Maximum size of the id of a merchant or a user, in bytes of UTF-8. */
export const MAX_ID_BYTES = 256;

/** Ids that are sent unchanged, as every version of this package sends and accepts them. */
const PLAIN = /^[A-Za-z0-9._:-]{1,256}$/;
const UNPRINTABLE = /[\p{Cc}\u2028\u2029]/u;

/** Returns whether a merchant's or a user's id can be part of a request context. */
export function isContextId(id: unknown): id is string {
  return problemOf(id) === undefined;
}

/**
 * Refuses an id that could not reach other services unchanged: one that is empty, larger than
 * {@link MAX_ID_BYTES}, or that contains control characters or half of a surrogate pair.
 *
 * @throws {@link ContextIdError}
 */
export function requireContextId(field: ContextIdField, id: unknown): void {
  const problem = problemOf(id);
  if (problem !== undefined) throw new ContextIdError(field, problem);
}

/**
 * Returns the id as a header propagates it: percent-encoded (RFC 3986) unless it consists of letters,
 * digits and `._:-` only. A literal `%` is encoded, so no two ids have the same encoding.
 */
export function encodeContextId(id: string): string {
  if (PLAIN.test(id)) return id;
  return encodeURIComponent(id)
    .replaceAll('%3A', ':')
    .replace(/[!~*'()]/g, percent);
}

/**
 * Reverses {@link encodeContextId}. Also accepts the result of `encodeURIComponent`. Returns undefined for
 * every other spelling, such as `%41` or an unencoded `|`, and for an id that no context accepts. So a
 * header is never read as another id than the sent one.
 */
export function decodeContextId(value: string): string | undefined {
  if (PLAIN.test(value)) return value;
  if (value.length > MAX_ID_BYTES * 3) return undefined;
  let id: string;
  try {
    id = decodeURIComponent(value);
  } catch {
    // The bytes are not UTF-8, or a % encodes nothing.
    return undefined;
  }
  const isEncoded = value === encodeURIComponent(id) || value === encodeContextId(id);
  return isEncoded && isContextId(id) ? id : undefined;
}

function problemOf(id: unknown): string | undefined {
  if (typeof id !== 'string') return `is of type ${typeof id}; use a string`;
  if (PLAIN.test(id)) return undefined;
  if (id.trim() === '') return 'is blank; leave it out if there is none';
  if (!id.isWellFormed()) return 'contains half of a surrogate pair; use well-formed Unicode';
  if (UNPRINTABLE.test(id)) return 'contains control characters; remove them';
  const bytes = Buffer.byteLength(id);
  return bytes > MAX_ID_BYTES ? `has ${bytes} bytes; use at most ${MAX_ID_BYTES}` : undefined;
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
