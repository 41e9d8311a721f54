import { DotSegmentError } from './dot-segment.error.js';

/** What the URL standard resolves as a dot segment, also percent-encoded and after a backslash. */
const DOT_SEGMENT = /[/\\](?:\.|%2e){1,2}(?=[/\\]|$)/i;
/** The URL standard removes these first. */
const REMOVED = /[\t\n\r]/g;

/**
 * Returns the address of a request. A text is often made of parts, and `encodeURIComponent` leaves dots
 * unchanged, so one with a dot segment is refused. A `URL` has none any more, and counts as meant.
 *
 * @throws DotSegmentError; TypeError if the text is no URL
 */
export function targetUrl(address: string | URL): URL {
  if (typeof address === 'string') {
    const [path = ''] = address.replace(REMOVED, '').trimEnd().split(/[?#]/, 1);
    if (DOT_SEGMENT.test(path)) throw new DotSegmentError();
  }
  return new URL(address);
}
