import { textOf } from './safe-field.js';

/** The HTTP clients that parse JSON for their callers, by the file that calls `JSON.parse`. */
const CLIENT_FILE =
  /node:internal\/deps\/undici|[\\/](undici|axios|got|ky|node-fetch|superagent|ofetch)[\\/]/;

/** Redirects without end, to another protocol, or that the call excludes: causes of fetch, and contextFetch. */
const REDIRECTS =
  /^(redirect count exceeded|unexpected redirect|redirected too often|redirected to [a-z][\w+.-]*:)$/;

/**
 * Returns whether an HTTP client could not use an answer. A SyntaxError of our own code looks the same,
 * except that another file called `JSON.parse`.
 */
export function isMalformedAnswer(error: unknown): boolean {
  // node-fetch, and the AWS SDK.
  if (textOf(error, 'type') === 'invalid-json' || textOf(error, '$responseBodyText') !== '')
    return true;
  if (REDIRECTS.test(textOf(error, 'message'))) return true;
  if (textOf(error, 'name') !== 'SyntaxError') return false;
  const frames = textOf(error, 'stack').split('\n');
  const parse = frames.findIndex((frame) => frame.includes('at JSON.parse '));
  return parse >= 0 && CLIENT_FILE.test(frames[parse + 1] ?? '');
}
