import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import { detailsOf, pathOf, PROBLEM_JSON } from './details-of.js';

/**
 * Sends problem details for requests that Fastify refuses before Nest sees them, because a path cannot
 * be decoded or a parameter is too long.
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
  // Both types have these methods, but TypeScript finds no common signature.
  const response = raw as ServerResponse;
  response.writeHead(status, { 'content-type': PROBLEM_JSON }).end(JSON.stringify(details));
}
