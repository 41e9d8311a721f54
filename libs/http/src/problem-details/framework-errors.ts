import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import { detailsOf, pathOf, PROBLEM_JSON } from './details-of.js';

/**
 * Problem details for what Fastify refuses before Nest sees the request: a path that cannot be
 * decoded, a parameter that is too long.
 *
 * @example
 * new FastifyAdapter({ frameworkErrors: answerFrameworkError });
 */
export function answerFrameworkError(
  { statusCode: status = 400 }: { readonly statusCode?: number | undefined },
  { url }: { readonly url: string },
  { raw }: { readonly raw: ServerResponse | Http2ServerResponse },
): void {
  const code = status === 414 ? 'URI_TOO_LONG' : 'MALFORMED_PATH';
  const details = detailsOf({ status, code }, pathOf(url));
  // Both kinds of answers are written the same way, but TypeScript sees no common call.
  const response = raw as ServerResponse;
  response.writeHead(status, { 'content-type': PROBLEM_JSON }).end(JSON.stringify(details));
}
