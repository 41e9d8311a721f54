import { isIP } from 'node:net';

/** Returns the address in an entry of `X-Forwarded-For`, without its port. Undefined if it has none. */
export function forwardedAddress(entry: string): string | undefined {
  const text = entry.trim();
  if (isIP(text) !== 0) return text;
  // 203.0.113.7:51234 and [2001:db8::1]:51234, as some load balancers write.
  const [, bare = ''] = /^\[?([^\]]+?)\]?(?::\d{1,5})?$/.exec(text) ?? [];
  return isIP(bare) === 0 ? undefined : bare;
}

/** Returns the entries of `X-Forwarded-For`, from the nearest proxy to the client. */
export function* nearestFirst(header: string | readonly string[] | undefined): Iterable<string> {
  const text = typeof header === 'string' ? header : (header?.join() ?? '');
  for (let end = text.length; end > 0;) {
    const comma = text.lastIndexOf(',', end - 1);
    yield text.slice(comma + 1, end);
    end = comma;
  }
}
