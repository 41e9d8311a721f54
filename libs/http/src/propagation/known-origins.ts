import { OptionError } from '@loyalnest/core';

/** Which services get the request context. */
export interface PropagationOptions {
  /**
   * Origins of your own services, such as `http://points:3001`. No other service learns whose request
   * it is. `'*'` means every origin.
   */
  readonly origins: readonly string[] | '*';
}

/**
 * Returns a function that says whether a URL has one of the origins.
 *
 * @throws OptionError for an invalid origin
 */
export function originMatcher(
  path: string,
  { origins }: PropagationOptions,
): (url: URL) => boolean {
  if (origins === '*') return () => true;
  if (!Array.isArray(origins)) throw unusable(`${path}.origins`, origins);
  const known = new Set(
    origins.map((origin: unknown, index) => originOf(`${path}.origins[${index}]`, origin)),
  );
  return ({ origin }) => known.has(origin);
}

function originOf(path: string, value: unknown): string {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  const isOrigin = url && url.origin !== 'null' && url.href === `${url.origin}/`;
  if (!isOrigin) throw unusable(path, value);
  return url.origin;
}

function unusable(path: string, value: unknown): OptionError {
  return new OptionError(path, value, "use origins such as 'http://points:3001', or '*'");
}
