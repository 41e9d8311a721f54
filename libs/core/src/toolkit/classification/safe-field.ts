/**
 * Returns a field of any value. Undefined if there is none, or if reading it throws: errors come from
 * everywhere, and a getter or a proxy of one must not replace the result of a call.
 */
export function fieldOf(value: unknown, name: PropertyKey): unknown {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function'))
    return undefined;
  try {
    return (value as Record<PropertyKey, unknown>)[name];
  } catch {
    return undefined;
  }
}

/** Returns a field if it is a string, else ''. */
export function textOf(value: unknown, name: PropertyKey): string {
  const field = fieldOf(value, name);
  return typeof field === 'string' ? field : '';
}

/** Returns the name of the class of a value, else ''. */
export function classOf(value: unknown): string {
  return textOf(fieldOf(value, 'constructor'), 'name');
}
